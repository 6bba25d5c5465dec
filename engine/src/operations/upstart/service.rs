use crate::command::{Diff, Put};
use crate::facts::files::{EntryKind, File, Info, Text};
use crate::facts::upstart::UpstartStatus;
use crate::operations::files::Predict;
use crate::operations::services::{State, record_enabled};
use crate::{Args, Commands, Host, Operation, Result, sh};

/// Start, stop, restart, reload, enable or disable a job of Upstart.
///
/// A job is disabled by a file `/etc/init/NAME.override` that says `manual`, and enabled by removing
/// it.
///
/// ```rhai
/// upstart.service("redis-server", #{ enabled: true });
/// ```
#[derive(Debug, Args)]
#[args("upstart.service")]
pub(crate) struct ControlService {
    /// Name of the service.
    pub(crate) service: String,

    #[arg(flatten)]
    pub(crate) state: State,

    /// Another command for the service, run in any case.
    pub(crate) command: Option<String>,

    /// Whether the service should start with the system. Default: that stays as it is.
    pub(crate) enabled: Option<bool>,
}

/// What an override says that keeps a job from starting by itself.
const MANUAL: &str = "manual\n";

impl Operation for ControlService {
    fn plan(&self, host: &Host<'_>) -> Result<Commands> {
        let path = format!("/etc/init/{}.override", self.service);
        match self.enabled {
            Some(true) => host.want(&crate::facts::files::Entry { path: path.clone() }),
            Some(false) => host.want(&Text::at(&path)),
            None => {}
        }
        let status = UpstartStatus {};
        let jobs = host.fact(&status)?;
        let now = jobs.get(&self.service).copied();
        let mut todo = Commands::default();
        let control = self.state.control(&self.service, self.command.as_deref());
        control.run(&mut todo, now, |verb| sh!("initctl {verb} {self.service}"));
        if let Some(outcome) = control.outcome(now) {
            let mut after = (*jobs).clone();
            after.insert(self.service.clone(), outcome);
            todo.then(&status, after);
        }
        match self.enabled {
            Some(true) => self.enable(&mut todo, host, &path)?,
            Some(false) => self.disable(&mut todo, host, &path)?,
            None => {}
        }
        if todo.is_empty() {
            return Ok(Commands::none(control.note(now)));
        }
        Ok(todo)
    }
}

impl ControlService {
    fn enable(&self, todo: &mut Commands, host: &Host<'_>, path: &str) -> Result<()> {
        if host.fact(&File::at(path))?.here().is_some() {
            todo.run(sh!("rm -f -- {path}"));
            record_enabled(todo, &self.service, true);
            todo.will_be_absent(path);
        }
        Ok(())
    }

    fn disable(&self, todo: &mut Commands, host: &Host<'_>, path: &str) -> Result<()> {
        let text = host.fact(&Text::at(path))?;
        if text.as_deref() != Some(MANUAL) {
            record_enabled(todo, &self.service, false);
            todo.diff.push(Diff::Text {
                path: path.to_owned(),
                before: (*text).clone(),
                after: Some(MANUAL.to_owned()),
            });
            todo.put(Put { path: path.to_owned(), content: MANUAL.into(), ..Put::default() });
            todo.then(&Text::at(path), Some(MANUAL.to_owned()));
            todo.will_be(path, EntryKind::File, Info::default());
        }
        Ok(())
    }
}
