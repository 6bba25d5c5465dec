use super::super::{did_something, in_jail};
use crate::{Args, Commands, Host, Operation, Result, Scope};

/// Upgrade all packages.
///
/// ```rhai
/// freebsd.pkg.upgrade(#{ jail: "web" });
/// ```
#[derive(Debug, Args)]
#[args("freebsd.pkg.upgrade")]
pub(crate) struct Upgrade {
    /// The jail. Default: the host itself.
    jail: Option<String>,

    /// Install packages again also if they are the newest.
    #[arg(default = false)]
    force: bool,

    /// The repository. Default: all that are enabled.
    reponame: Option<String>,
}

impl Operation for Upgrade {
    fn plan(&self, _host: &Host<'_>) -> Result<Commands> {
        let mut line = in_jail("pkg", self.jail.as_ref());
        line.flag("upgrade -y", true).flag("-f", self.force).opt("-r", self.reponame.as_ref());
        let mut todo = Commands::from(line);
        todo.changed = Some(did_something);
        Ok(todo)
    }

    fn touches(&self) -> Vec<Scope> {
        vec![Scope::PACKAGES]
    }
}
