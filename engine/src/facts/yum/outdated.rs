use crate::Args;
use crate::facts::dnf::read_update;
use crate::facts::outdated::lists_outdated;

/// Installed packages for which yum has an update, with their new versions.
///
/// yum looks it up, which may take seconds.
///
/// ```rhai
/// let waiting = host.fact("yum.outdated");
/// if waiting != () && waiting.len() > 0 { host.log(`${waiting.len()} updates are waiting`); }
/// ```
#[derive(Clone, Debug, Args)]
#[args("yum.outdated")]
pub struct Outdated {}

// 100: there are updates; 1: that is not known.
lists_outdated!(
    Outdated,
    "yum",
    "LC_ALL=C yum --quiet check-update 2>/dev/null; case $? in 0|100) echo;; esac",
    read_update
);
