use crate::facts::openrc::{OpenrcEnabled, OpenrcStatus};
use crate::operations::services::{State, record_enabled};
use crate::{Args, Commands, Host, Operation, Result, sh};

/// Start, stop, restart, reload, enable or disable a service of `OpenRC`.
///
/// `restarted` and `reloaded` act every time, and only on a service that runs: give them where
/// something changed.
///
/// ```rhai
/// openrc.service("nginx", #{ enabled: true });
/// openrc.service("nftables", #{ enabled: true, runlevel: "boot" });
/// ```
#[derive(Debug, Args)]
#[args("openrc.service")]
pub(crate) struct ControlService {
    /// Name of the service.
    pub(crate) service: String,

    #[arg(flatten)]
    pub(crate) state: State,

    /// Another command for the service, run in any case.
    pub(crate) command: Option<String>,

    /// Whether the service should start with the system. Default: that stays as it is.
    pub(crate) enabled: Option<bool>,

    /// The runlevel in which the service is enabled.
    #[arg(default = "default")]
    pub(crate) runlevel: String,
}

impl Operation for ControlService {
    fn plan(&self, host: &Host<'_>) -> Result<Commands> {
        let status = OpenrcStatus { runlevel: self.runlevel.clone() };
        let enabled = OpenrcEnabled { runlevel: self.runlevel.clone() };
        if self.enabled.is_some() {
            host.want(&enabled);
        }
        let mut todo = Commands::default();
        let services = host.fact(&status)?;
        let now = if let Some(runs) = services.get(&self.service) {
            Some(*runs)
        } else {
            // A service that is not in the runlevel may have been started all the same.
            let all = host.fact(&OpenrcStatus { runlevel: "--all".to_owned() })?;
            all.get(&self.service).copied()
        };
        let control = self.state.control(&self.service, self.command.as_deref());
        control.run(&mut todo, now, |verb| sh!("rc-service {self.service} {verb}"));
        if let Some(outcome) = control.outcome(now) {
            let mut after = (*services).clone();
            after.insert(self.service.clone(), outcome);
            todo.then(&status, after);
        }
        if let Some(wanted) = self.enabled {
            let now = host.fact(&enabled)?;
            if now.get(&self.service).copied().unwrap_or(false) != wanted {
                let verb = if wanted { "add" } else { "del" };
                todo.run(sh!("rc-update {verb} {self.service} {self.runlevel}"));
                record_enabled(&mut todo, &self.service, wanted);
            }
            let mut after = (*now).clone();
            after.insert(self.service.clone(), wanted);
            todo.then(&enabled, after);
        }
        if todo.is_empty() {
            return Ok(Commands::none(control.note(now)));
        }
        Ok(todo)
    }
}
