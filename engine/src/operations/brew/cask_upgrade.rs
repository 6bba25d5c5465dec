use crate::facts::brew::{BrewVersion, Outdated};
use crate::operations::packages::work::Work;
use crate::{Args, Commands, Host, Operation, Result};

/// Upgrade all installed casks of Homebrew.
///
/// Nothing is done where brew has nothing newer. Homebrew is not updated first: see `brew.update`.
///
/// ```rhai
/// brew.cask_upgrade();
/// ```
#[derive(Debug, Args)]
#[args("brew.cask_upgrade")]
pub(crate) struct CaskUpgrade {}

impl Operation for CaskUpgrade {
    fn plan(&self, host: &Host<'_>) -> Result<Commands> {
        host.want(&Outdated {});
        host.want(&BrewVersion {});
        let line = super::cask(host, "upgrade")?;
        Work::upgrade_all(line, super::changed).plan_all(host, Some(&Outdated {}))
    }
}
