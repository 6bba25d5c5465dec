use crate::facts::yum::Outdated;
use crate::operations::packages::work::Work;
use crate::{Args, Commands, Host, Operation, Result};

/// Upgrade all installed packages with yum.
///
/// Nothing is done where yum has no updates.
///
/// ```rhai
/// yum.update();
/// ```
#[derive(Debug, Args)]
#[args("yum.update")]
pub(crate) struct Update {}

impl Operation for Update {
    fn plan(&self, host: &Host<'_>) -> Result<Commands> {
        Work::upgrade_all(super::update(), super::changed).plan_all(host, Some(&Outdated {}))
    }
}
