use crate::facts::dnf::Outdated;
use crate::operations::packages::work::Work;
use crate::{Args, Commands, Host, Operation, Result};

/// Upgrade all installed packages with dnf.
///
/// Nothing is done where dnf has no updates.
///
/// ```rhai
/// dnf.update();
/// ```
#[derive(Debug, Args)]
#[args("dnf.update")]
pub(crate) struct Update {}

impl Operation for Update {
    fn plan(&self, host: &Host<'_>) -> Result<Commands> {
        Work::upgrade_all(super::update(), super::changed).plan_all(host, Some(&Outdated {}))
    }
}
