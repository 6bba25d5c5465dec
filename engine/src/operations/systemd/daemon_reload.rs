use crate::facts::systemd::systemctl;
use crate::{Args, Commands, Host, Operation, Result, Scope, sh};

/// Make systemd read its unit files again.
///
/// Runs every time; `systemd.service` with `daemon_reload: true` does it only where a unit needs it.
///
/// ```rhai
/// let unit = files.put("units/app.service", "/etc/systemd/system/app.service");
/// systemd.daemon_reload(#{ _if: unit });
/// ```
#[derive(Debug, Args)]
#[args("systemd.daemon_reload")]
pub(crate) struct DaemonReload {
    /// Speak to the manager of a user's session (`systemctl --user`).
    #[arg(default = false)]
    user_mode: bool,

    /// The container to speak to.
    machine: Option<String>,

    /// The user whose manager is spoken to.
    user_name: Option<String>,
}

impl Operation for DaemonReload {
    fn plan(&self, _host: &Host<'_>) -> Result<Commands> {
        let systemctl =
            systemctl(self.user_mode, self.machine.as_deref(), self.user_name.as_deref());
        Ok(Commands::from(sh!("{systemctl} daemon-reload")))
    }

    fn touches(&self) -> Vec<Scope> {
        vec![Scope::SERVICES]
    }
}
