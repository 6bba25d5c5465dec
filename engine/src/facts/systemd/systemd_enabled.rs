use super::units::{Names, Units, reads, show, systemctl};
use crate::{Args, Fact, Result, Scope, Shell};

/// Units of systemd by name, each with whether it is enabled: started at boot, or static.
///
/// ```rhai
/// let enabled = host.fact("systemd.systemd_enabled", #{ services: "ssh.service" })["ssh.service"];
/// ```
#[derive(Clone, Debug, Default, Args)]
#[args("systemd.systemd_enabled")]
pub struct SystemdEnabled {
    /// Ask the manager of a user's session (`systemctl --user`).
    #[arg(default = false)]
    pub user_mode: bool,

    /// The container to ask.
    pub machine: Option<String>,

    /// The user whose manager is asked.
    pub user_name: Option<String>,

    /// Names or patterns of units. Default: all that are loaded.
    pub services: Option<Names>,
}

impl Fact for SystemdEnabled {
    type Output = Units;

    fn command(&self) -> Shell {
        let systemctl =
            systemctl(self.user_mode, self.machine.as_deref(), self.user_name.as_deref());
        show(&systemctl, "Id,Names,UnitFileState", self.services.as_ref(), self.user_mode)
    }

    fn parse(&self, output: &str) -> Result<Self::Output> {
        let enabled = |state: &str| matches!(state, "enabled" | "static" | "alias");
        Ok(Units::read(output, "UnitFileState", enabled))
    }

    fn requires(&self) -> Option<&'static str> {
        Some("systemctl")
    }

    fn reads(&self) -> Vec<Scope> {
        reads()
    }
}
