use crate::facts::pacman::Outdated;
use crate::operations::packages::work::Work;
use crate::{Args, Commands, Host, Operation, Result};

/// Upgrade all installed packages of Arch Linux.
///
/// Nothing is done where pacman has nothing newer. The index is not renewed: see `pacman.update`.
///
/// ```rhai
/// pacman.upgrade();
/// ```
#[derive(Debug, Args)]
#[args("pacman.upgrade")]
pub(crate) struct Upgrade {}

impl Operation for Upgrade {
    fn plan(&self, host: &Host<'_>) -> Result<Commands> {
        Work::upgrade_all(super::upgrade(), super::changed).plan_all(host, Some(&Outdated {}))
    }
}
