use crate::operations::packages::index;
use crate::{Args, Commands, Host, Operation, Result, Scope};

/// Renew pacman's databases of packages.
///
/// Runs every time, and counts as changed only where there was something new.
///
/// ```rhai
/// pacman.update();
/// ```
#[derive(Debug, Args)]
#[args("pacman.update")]
pub(crate) struct Update {}

impl Operation for Update {
    fn plan(&self, _host: &Host<'_>) -> Result<Commands> {
        Ok(index::update(super::update()))
    }

    fn touches(&self) -> Vec<Scope> {
        index::touches()
    }
}
