use indexmap::IndexMap;

use crate::{Args, Fact, Result, Scope, Shell, sh};

/// The services of a runlevel by name, each with whether it is started.
///
/// ```rhai
/// if host.fact("openrc.openrc_status")["sshd"] == true { host.log("ssh is up"); }
/// ```
#[derive(Clone, Debug, Args)]
#[args("openrc.openrc_status")]
pub struct OpenrcStatus {
    /// The runlevel; `--all` for all of them, and for services that are in none.
    #[arg(default = "default")]
    pub runlevel: String,
}

impl Fact for OpenrcStatus {
    type Output = IndexMap<String, bool>;

    fn command(&self) -> Shell {
        sh!("rc-status {self.runlevel}")
    }

    /// ` sshd      [  started 01:02:03 (0)  ]`, below a heading that begins without a gap.
    fn parse(&self, output: &str) -> Result<Self::Output> {
        let lines = output.lines().filter(|line| line.starts_with(char::is_whitespace));
        let services = lines.filter_map(|line| {
            let (name, state) = line.trim().split_once('[')?;
            let state = state.split_whitespace().next()?;
            Some((name.trim().to_owned(), state == "started"))
        });
        Ok(services.filter(|(name, _)| !name.is_empty()).collect())
    }

    fn requires(&self) -> Option<&'static str> {
        Some("rc-status")
    }

    fn reads(&self) -> Vec<Scope> {
        vec![
            Scope::SERVICES,
            Scope::PACKAGES,
            Scope::tree("/etc/init.d"),
            Scope::tree("/etc/runlevels"),
        ]
    }
}
