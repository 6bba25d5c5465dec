use crate::operations::packages::index;
use crate::{Args, Commands, Host, Operation, Result, Scope};

/// Renew opkg's lists of packages.
///
/// Runs every time, and counts as changed only where there was something new.
///
/// ```rhai
/// opkg.update();
/// ```
#[derive(Debug, Args)]
#[args("opkg.update")]
pub(crate) struct Update {}

impl Operation for Update {
    fn plan(&self, _host: &Host<'_>) -> Result<Commands> {
        Ok(index::update(super::update()))
    }

    fn touches(&self) -> Vec<Scope> {
        index::touches()
    }
}
