use crate::facts::rpm::lists_repositories;
use crate::{Args, Scope};

/// The repositories that zypper takes packages from, each with what its file says.
///
/// ```rhai
/// let ids = host.fact("zypper.zypper_repositories").map(|repository| repository.repoid);
/// ```
#[derive(Clone, Debug, Args)]
#[args("zypper.zypper_repositories")]
pub struct ZypperRepositories {}

lists_repositories!(
    ZypperRepositories,
    "zypper",
    "/etc/zypp/repos.d/*.repo",
    vec![Scope::tree("/etc/zypp/repos.d")]
);
