use crate::facts::brew::Outdated;
use crate::operations::packages::work::Work;
use crate::{Args, Commands, Host, Operation, Result};

/// Upgrade all installed formulae and casks of Homebrew.
///
/// Nothing is done where brew has nothing newer. Homebrew is not updated first: see `brew.update`.
///
/// ```rhai
/// brew.upgrade();
/// ```
#[derive(Debug, Args)]
#[args("brew.upgrade")]
pub(crate) struct Upgrade {}

impl Operation for Upgrade {
    fn plan(&self, host: &Host<'_>) -> Result<Commands> {
        Work::upgrade_all(super::upgrade(), super::changed).plan_all(host, Some(&Outdated {}))
    }
}
