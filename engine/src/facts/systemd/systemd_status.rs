use super::units::{Names, Units, reads, show, systemctl};
use crate::{Args, Fact, Result, Scope, Shell};

/// Units of systemd by name, each with whether it is active.
///
/// Targets that are reached, slices, and timers that have run for the last time are active too, as
/// systemd has it.
///
/// ```rhai
/// let units = host.fact("systemd.systemd_status", #{ services: ["ssh.service"] });
/// if units["ssh.service"] { host.log("ssh is up"); }
/// ```
#[derive(Clone, Debug, Default, Args)]
#[args("systemd.systemd_status")]
pub struct SystemdStatus {
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

/// Sub-states of active units.
const ACTIVE: &[&str] =
    &["running", "waiting", "exited", "listening", "mounted", "active", "elapsed", "plugged"];

impl Fact for SystemdStatus {
    type Output = Units;

    fn command(&self) -> Shell {
        let systemctl =
            systemctl(self.user_mode, self.machine.as_deref(), self.user_name.as_deref());
        let properties = "Id,Names,LoadState,SubState,NeedDaemonReload";
        show(&systemctl, properties, self.services.as_ref(), self.user_mode)
    }

    fn parse(&self, output: &str) -> Result<Self::Output> {
        Ok(Units::read(output, "SubState", |state| ACTIVE.contains(&state)))
    }

    fn requires(&self) -> Option<&'static str> {
        Some("systemctl")
    }

    fn reads(&self) -> Vec<Scope> {
        reads()
    }
}
