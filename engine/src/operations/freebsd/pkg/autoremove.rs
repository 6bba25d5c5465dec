use super::super::{did_something, in_jail};
use crate::{Args, Commands, Host, Operation, Result, Scope};

/// Remove packages that were installed for others which are gone.
///
/// ```rhai
/// freebsd.pkg.autoremove();
/// ```
#[derive(Debug, Args)]
#[args("freebsd.pkg.autoremove")]
pub(crate) struct Autoremove {
    /// The jail. Default: the host itself.
    jail: Option<String>,
}

impl Operation for Autoremove {
    fn plan(&self, _host: &Host<'_>) -> Result<Commands> {
        let mut line = in_jail("pkg", self.jail.as_ref());
        line.flag("autoremove -y", true);
        let mut todo = Commands::from(line);
        todo.changed = Some(did_something);
        Ok(todo)
    }

    fn touches(&self) -> Vec<Scope> {
        vec![Scope::PACKAGES]
    }
}
