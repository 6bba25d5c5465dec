use super::auto::StartByItself;
use super::manage::Manage;
use super::wait_runsv::WaitRunsv;
use crate::facts::files::{Entry, File};
use crate::facts::runit::{RunitManaged, RunitStatus};
use crate::operations::services::State;
use crate::{Args, Commands, Host, Operation, Result, sh};

/// Start, stop, restart, reload, enable or disable a service of runit.
///
/// A service must be managed before it can be controlled: it needs a link in `svdir`. A service that
/// is managed from now on is not started unless it should run.
///
/// ```rhai
/// runit.service("nginx", #{ enabled: true });
/// runit.service("telnetd", #{ managed: false });
/// ```
#[derive(Debug, Args)]
#[args("runit.service")]
pub(crate) struct ControlService {
    /// Name of the service.
    pub(crate) service: String,

    #[arg(flatten)]
    pub(crate) state: State,

    /// Another command for the service, run in any case.
    pub(crate) command: Option<String>,

    /// Whether the service should start with the system. Default: that stays as it is.
    pub(crate) enabled: Option<bool>,

    /// Whether runit should manage the service; `false` removes the link, and leaves only `enabled` to
    /// be done.
    #[arg(default = true)]
    pub(crate) managed: bool,

    /// The directory of managed services.
    #[arg(default = "/var/service")]
    pub(crate) svdir: String,

    /// The directory of services that can be managed.
    #[arg(default = "/etc/sv")]
    pub(crate) sourcedir: String,
}

impl Operation for ControlService {
    fn plan(&self, host: &Host<'_>) -> Result<Commands> {
        let auto = StartByItself::of(&self.service, &self.sourcedir);
        let managed =
            RunitManaged { service: Some(self.service.clone()), svdir: self.svdir.clone() };
        let status = RunitStatus { service: Some(self.service.clone()), svdir: self.svdir.clone() };
        host.want(&managed);
        host.want(&Entry { path: auto.path() });
        host.want(&status);
        let was_managed = host.fact(&managed)?.contains(&self.service);
        let was_auto = host.fact(&File::at(auto.path()))?.here().is_none();
        let is_new = self.managed && !was_managed;

        let mut todo = Commands::default();
        let mut is_auto = was_auto;
        if is_new && was_auto {
            auto.set(&mut todo, false);
            is_auto = false;
        }
        if self.managed != was_managed {
            Manage::of(&self.service, &self.svdir, &self.sourcedir).set(&mut todo, self.managed);
            let after = if self.managed { vec![self.service.clone()] } else { Vec::new() };
            todo.then(&managed, after);
        }
        if is_new {
            todo.extend(WaitRunsv::of(&self.service, &self.svdir).plan(host)?);
        }
        let wants_auto = self.enabled.unwrap_or(was_auto);
        if wants_auto != is_auto {
            auto.set(&mut todo, wants_auto);
        }
        if self.managed {
            self.control(&mut todo, host, &status)?;
        }
        if todo.is_empty() {
            return Ok(Commands::none(format!("service {} is as it should be", self.service)));
        }
        Ok(todo)
    }
}

impl ControlService {
    fn control(&self, todo: &mut Commands, host: &Host<'_>, status: &RunitStatus) -> Result<()> {
        let services = host.fact(status)?;
        let now = services.get(&self.service).copied().flatten();
        let control = self.state.control(&self.service, self.command.as_deref());
        control.run(todo, now, |verb| sh!("SVDIR={self.svdir} sv {verb} {self.service}"));
        if let Some(outcome) = control.outcome(now) {
            let mut after = (*services).clone();
            after.insert(self.service.clone(), Some(outcome));
            todo.then(status, after);
        }
        Ok(())
    }
}
