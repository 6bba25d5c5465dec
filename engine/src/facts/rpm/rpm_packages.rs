use super::{database, read};
use crate::Args;
use crate::facts::installed::lists_packages;

/// All packages in the database of rpm by name, each with its versions.
///
/// ```rhai
/// if "nginx" in host.fact("rpm.rpm_packages") { host.log("nginx is there"); }
/// ```
#[derive(Clone, Debug, Args)]
#[args("rpm.rpm_packages")]
pub struct RpmPackages {}

lists_packages!(
    RpmPackages,
    "rpm",
    r"rpm --queryformat '%{NAME} %{VERSION}-%{RELEASE}\n' -qa",
    database(),
    read
);
