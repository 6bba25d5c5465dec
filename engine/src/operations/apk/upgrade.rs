use crate::facts::apk::Outdated;
use crate::operations::packages::work::Work;
use crate::{Args, Commands, Host, Operation, Result};

/// Upgrade all installed packages of Alpine Linux.
///
/// Nothing is done where apk has nothing newer. The index is not renewed: see `apk.update`.
///
/// ```rhai
/// apk.update();
/// apk.upgrade();
/// ```
#[derive(Debug, Args)]
#[args("apk.upgrade")]
pub(crate) struct Upgrade {
    /// Bring all packages to the version that the index has, as for a new release of Alpine Linux.
    #[arg(default = false)]
    available: bool,
}

impl Operation for Upgrade {
    fn plan(&self, host: &Host<'_>) -> Result<Commands> {
        Work::upgrade_all(super::upgrade(self.available), super::changed)
            .plan_all(host, Some(&Outdated { available: self.available }))
    }
}
