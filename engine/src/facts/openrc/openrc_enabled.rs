use indexmap::IndexMap;

use crate::fact::unreadable;
use crate::{Args, Fact, Result, Scope, Shell, sh};

/// All services by name, each with whether it is in a runlevel.
///
/// ```rhai
/// let boot = host.fact("openrc.openrc_enabled", "boot");
/// if !boot["hwclock"] { host.log("the clock is not set at boot"); }
/// ```
#[derive(Clone, Debug, Args)]
#[args("openrc.openrc_enabled")]
pub struct OpenrcEnabled {
    /// The runlevel.
    #[arg(default = "default")]
    pub runlevel: String,
}

impl Fact for OpenrcEnabled {
    type Output = IndexMap<String, bool>;

    fn command(&self) -> Shell {
        sh!("rc-update show -v")
    }

    /// `  sshd |      default`
    fn parse(&self, output: &str) -> Result<Self::Output> {
        let lines = output.lines().filter(|line| !line.trim().is_empty());
        let services = lines.map(|line| {
            let (name, levels) = line.split_once('|').ok_or_else(|| unreadable(self, line))?;
            let enabled = levels.split_whitespace().any(|level| level == self.runlevel);
            Ok((name.trim().to_owned(), enabled))
        });
        services.collect()
    }

    fn requires(&self) -> Option<&'static str> {
        Some("rc-update")
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
