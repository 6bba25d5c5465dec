use crate::facts::rpm::lists_repositories;
use crate::{Args, Scope};

/// The repositories that dnf takes packages from, each with what its file says.
///
/// ```rhai
/// let ids = host.fact("dnf.dnf_repositories").map(|repository| repository.repoid);
/// ```
#[derive(Clone, Debug, Args)]
#[args("dnf.dnf_repositories")]
pub struct DnfRepositories {}

lists_repositories!(
    DnfRepositories,
    "dnf",
    "/etc/dnf.conf /etc/dnf.repos.d/*.repo /etc/yum.repos.d/*.repo",
    vec![
        Scope::path("/etc/dnf.conf"),
        Scope::tree("/etc/dnf.repos.d"),
        Scope::tree("/etc/yum.repos.d")
    ]
);
