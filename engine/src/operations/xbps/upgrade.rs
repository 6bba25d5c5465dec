use crate::facts::xbps::Outdated;
use crate::operations::packages::work::Work;
use crate::{Args, Commands, Host, Operation, Result};

/// Upgrade all installed packages of Void Linux.
///
/// Nothing is done where xbps has nothing newer. The index is not renewed: see `xbps.update`.
///
/// ```rhai
/// xbps.upgrade();
/// ```
#[derive(Debug, Args)]
#[args("xbps.upgrade")]
pub(crate) struct Upgrade {}

impl Operation for Upgrade {
    fn plan(&self, host: &Host<'_>) -> Result<Commands> {
        Work::upgrade_all(super::upgrade(), super::changed).plan_all(host, Some(&Outdated {}))
    }
}
