use crate::facts::launchd::LaunchdStatus;
use crate::operations::services::State;
use crate::{Args, Commands, Host, Operation, Result, sh};

/// Start, stop or restart a job of launchd.
///
/// ```rhai
/// launchd.service("com.example.agent", #{ restarted: true });
/// ```
#[derive(Debug, Args)]
#[args("launchd.service")]
pub(crate) struct ControlService {
    /// Label of the job.
    service: String,

    /// Whether the service should run; `()` leaves that as it is.
    #[arg(default = true)]
    running: Option<bool>,

    /// Restart the service, if it runs.
    #[arg(default = false)]
    restarted: bool,

    /// Another command for the service, run in any case.
    command: Option<String>,
}

impl Operation for ControlService {
    fn plan(&self, host: &Host<'_>) -> Result<Commands> {
        let status = LaunchdStatus {};
        let jobs = host.fact(&status)?;
        let now = jobs.get(&self.service).copied();
        let mut todo = Commands::default();
        let state = State { running: self.running, restarted: self.restarted, reloaded: false };
        let control = state.control(&self.service, self.command.as_deref());
        control.run(&mut todo, now, |verb| match verb.as_slice() {
            // launchctl has no `restart`.
            ["restart"] => sh!("launchctl stop {self.service} && launchctl start {self.service}"),
            verb => sh!("launchctl {verb} {self.service}"),
        });
        if let Some(outcome) = control.outcome(now) {
            let mut after = (*jobs).clone();
            after.insert(self.service.clone(), outcome);
            todo.then(&status, after);
        }
        if todo.is_empty() {
            return Ok(Commands::none(control.note(now)));
        }
        Ok(todo)
    }
}
