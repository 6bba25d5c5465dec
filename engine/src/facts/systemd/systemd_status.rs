use super::units::{Names, Units, reads, show, systemctl};
use crate::{Args, Fact, Result, Scope, Shell};

/// Units of systemd by name, each with whether something of it is up: a process, a socket, a mount, a
/// timer that waits.
///
/// As pyinfra has it, that says nothing of units that only group others: a target that is reached, or a
/// slice, is `false` here. Operations know better.
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

/// Sub-states of units that are up.
const UP: &[&str] = &["running", "waiting", "exited", "listening", "mounted"];

impl Fact for SystemdStatus {
    type Output = Units;

    fn command(&self) -> Shell {
        let systemctl =
            systemctl(self.user_mode, self.machine.as_deref(), self.user_name.as_deref());
        let properties = "Id,Names,LoadState,SubState,NeedDaemonReload";
        show(&systemctl, properties, self.services.as_ref(), self.user_mode)
    }

    fn parse(&self, output: &str) -> Result<Self::Output> {
        Ok(Units::read(output, "SubState", |state| UP.contains(&state)))
    }

    fn requires(&self) -> Option<&'static str> {
        Some("systemctl")
    }

    fn reads(&self) -> Vec<Scope> {
        reads()
    }
}
