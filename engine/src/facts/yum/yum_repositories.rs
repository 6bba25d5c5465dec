use crate::facts::rpm::lists_repositories;
use crate::{Args, Scope};

/// The repositories that yum takes packages from, each with what its file says.
///
/// ```rhai
/// let ids = host.fact("yum.yum_repositories").map(|repository| repository.repoid);
/// ```
#[derive(Clone, Debug, Args)]
#[args("yum.yum_repositories")]
pub struct YumRepositories {}

lists_repositories!(
    YumRepositories,
    "yum",
    "/etc/yum.conf /etc/yum.repos.d/*.repo",
    vec![Scope::path("/etc/yum.conf"), Scope::tree("/etc/yum.repos.d")]
);
