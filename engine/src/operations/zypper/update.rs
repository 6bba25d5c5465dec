use crate::facts::zypper::Outdated;
use crate::operations::packages::work::Work;
use crate::{Args, Commands, Host, Operation, Result};

/// Upgrade all installed packages with zypper.
///
/// Nothing is done where zypper has no updates.
///
/// ```rhai
/// zypper.update();
/// ```
#[derive(Debug, Args)]
#[args("zypper.update")]
pub(crate) struct Update {}

impl Operation for Update {
    fn plan(&self, host: &Host<'_>) -> Result<Commands> {
        Work::upgrade_all(super::update(), super::changed).plan_all(host, Some(&Outdated {}))
    }
}
