use super::super::{did_something, in_jail};
use crate::{Args, Commands, Host, Operation, Result, Scope};

/// Fetch the lists of packages anew.
///
/// ```rhai
/// freebsd.pkg.update();
/// ```
#[derive(Debug, Args)]
#[args("freebsd.pkg.update")]
pub(crate) struct Update {
    /// The jail. Default: the host itself.
    jail: Option<String>,

    /// Fetch them also if they are up to date.
    #[arg(default = false)]
    force: bool,

    /// The repository. Default: all that are enabled.
    reponame: Option<String>,
}

impl Operation for Update {
    fn plan(&self, _host: &Host<'_>) -> Result<Commands> {
        let mut line = in_jail("pkg", self.jail.as_ref());
        line.flag("update", true).flag("-f", self.force).opt("-r", self.reponame.as_ref());
        let mut todo = Commands::from(line);
        todo.changed = Some(did_something);
        Ok(todo)
    }

    fn touches(&self) -> Vec<Scope> {
        vec![Scope::PACKAGES]
    }
}
