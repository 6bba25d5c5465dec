use super::upgrade::upgrade;
use crate::{Args, Commands, Host, Operation, Result};

/// Upgrade all packages, also where that installs or removes others.
///
/// The index is not renewed: see `apt.update`.
///
/// ```rhai
/// apt.update(#{ cache_time: 3600 });
/// apt.dist_upgrade();
/// ```
#[derive(Debug, Args)]
#[args("apt.dist_upgrade")]
pub(crate) struct DistUpgrade {
    /// Remove packages that were installed for others and are no longer needed.
    #[arg(default = false)]
    auto_remove: bool,
}

impl Operation for DistUpgrade {
    fn plan(&self, host: &Host<'_>) -> Result<Commands> {
        upgrade(host, "dist-upgrade", self.auto_remove)
    }
}
