use crate::command::Output;
use crate::facts::pipx::PipxEnvironment;
use crate::facts::server::Path;
use crate::operations::packages::work::any_output;
use crate::{Args, Commands, Host, Operation, Result, sh};

/// Put the directory of pipx's programs into the account's `PATH`, by way of its shell's start files.
///
/// That counts as changed only if a file had to be changed. Sessions that are open do not see it.
///
/// ```rhai
/// pipx.ensure_path();
/// ```
#[derive(Debug, Args)]
#[args("pipx.ensure_path")]
pub(crate) struct EnsurePath {}

impl Operation for EnsurePath {
    fn plan(&self, host: &Host<'_>) -> Result<Commands> {
        host.want(&Path {});
        let environment = host.fact(&PipxEnvironment {})?;
        let path = host.fact(&Path {})?;
        let path = path.as_deref().unwrap_or_default();
        if let Some(folder) = environment.get("PIPX_BIN_DIR")
            && path.split(':').any(|it| it == folder)
        {
            return Ok(Commands::none(format!("{folder} is in PATH")));
        }
        let mut todo = Commands::from(sh!("pipx ensurepath"));
        todo.attribute("PATH", "pipx", "", "yes");
        todo.changed = Some(changed);
        Ok(todo)
    }
}

/// Whether pipx changed a file. Where it did not, it tells to open a new terminal, or to use `--force`.
fn changed(outputs: &[Output]) -> bool {
    any_output(outputs, |text| text.contains("Success! Added"))
}
