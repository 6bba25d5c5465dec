use crate::operations::packages::work::{NOT_KNOWN, Work};
use crate::{Args, Commands, Host, Operation, Result};

/// Upgrade all packages that pkgin installed.
///
/// Runs every time, and counts as changed only where there was something newer.
///
/// ```rhai
/// pkgin.upgrade();
/// ```
#[derive(Debug, Args)]
#[args("pkgin.upgrade")]
pub(crate) struct Upgrade {}

impl Operation for Upgrade {
    fn plan(&self, host: &Host<'_>) -> Result<Commands> {
        Work::upgrade_all(super::upgrade(), super::changed).plan_all(host, NOT_KNOWN)
    }
}
