use super::super::{did_something, in_jail};
use crate::{Args, Commands, Host, Operation, Result, Scope};

/// Remove fetched packages that are no longer needed.
///
/// ```rhai
/// freebsd.pkg.clean(#{ all_pkg: true });
/// ```
#[derive(Debug, Args)]
#[args("freebsd.pkg.clean")]
pub(crate) struct Clean {
    /// Remove all fetched packages.
    #[arg(default = false)]
    all_pkg: bool,

    /// The jail. Default: the host itself.
    jail: Option<String>,
}

impl Operation for Clean {
    fn plan(&self, _host: &Host<'_>) -> Result<Commands> {
        let mut line = in_jail("pkg", self.jail.as_ref());
        line.flag("clean -y", true).flag("-a", self.all_pkg);
        let mut todo = Commands::from(line);
        todo.changed = Some(did_something);
        Ok(todo)
    }

    fn touches(&self) -> Vec<Scope> {
        vec![Scope::tree("/var/cache/pkg")]
    }
}
