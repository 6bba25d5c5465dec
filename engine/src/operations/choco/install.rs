use crate::facts::choco::ChocoVersion;
use crate::{Args, Commands, Host, Operation, Result, sh};

/// Install Chocolatey, with the script that its site offers.
///
/// Needs an account that administers the host.
///
/// ```rhai
/// choco.install();
/// ```
#[derive(Debug, Args)]
#[args("choco.install")]
pub(crate) struct Install {}

impl Operation for Install {
    fn plan(&self, host: &Host<'_>) -> Result<Commands> {
        if let Some(version) = host.fact(&ChocoVersion {})?.as_ref() {
            return Ok(Commands::none(format!("Chocolatey {version} is installed")));
        }
        let mut todo =
            Commands::from(sh!("powershell -NoProfile -ExecutionPolicy Bypass -Command \
            'iex ((New-Object System.Net.WebClient)\
            .DownloadString(\"https://chocolatey.org/install.ps1\"))'"));
        todo.attribute("Chocolatey", "installed", "no", "yes");
        Ok(todo)
    }
}
