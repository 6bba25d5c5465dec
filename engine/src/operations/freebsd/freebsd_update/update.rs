use super::super::did_something;
use crate::{Args, Commands, Host, Operation, Result, Scope, sh};

/// Fetch and install updates of FreeBSD itself.
///
/// It counts as a change if there were any.
///
/// ```rhai
/// freebsd.freebsd_update.update();
/// ```
#[derive(Debug, Args)]
#[args("freebsd.freebsd_update.update")]
pub(crate) struct Update {
    /// Go on where an update was broken off (`-F`).
    #[arg(default = false)]
    force: bool,

    /// The system that is updated. Default: the one that runs.
    basedir: Option<String>,

    /// The directory for what is fetched.
    workdir: Option<String>,

    /// The file of settings.
    conffile: Option<String>,

    /// The jail. Default: the host itself.
    jail: Option<String>,

    /// The fingerprint of the key that updates are signed with.
    key: Option<String>,

    /// The version that is taken for the one that runs.
    currently_running: Option<String>,

    /// The server.
    server: Option<String>,
}

impl Operation for Update {
    fn plan(&self, _host: &Host<'_>) -> Result<Commands> {
        let mut line = sh!("PAGER=cat freebsd-update --not-running-from-cron");
        line.flag("-F", self.force).opt("-b", self.basedir.as_ref());
        line.opt("-d", self.workdir.as_ref()).opt("-f", self.conffile.as_ref());
        line.opt("-j", self.jail.as_ref()).opt("-k", self.key.as_ref());
        line.opt("--currently-running", self.currently_running.as_ref());
        line.opt("-s", self.server.as_ref()).flag("fetch install", true);
        let mut todo = Commands::from(line);
        todo.changed = Some(did_something);
        Ok(todo)
    }

    fn touches(&self) -> Vec<Scope> {
        vec![Scope::Anything]
    }
}
