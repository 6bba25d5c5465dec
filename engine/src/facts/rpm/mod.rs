//! The database of rpm, which dnf, yum and zypper share.

mod providers;
pub(super) mod repositories;
mod rpm_package;
mod rpm_package_provides;
mod rpm_packages;

pub use providers::Providers;
pub use repositories::Repository;
pub(super) use repositories::lists_repositories;
pub use rpm_package::{RpmPackage, RpmPackageInfo};
pub use rpm_package_provides::RpmPackageProvides;
pub use rpm_packages::RpmPackages;

use crate::Scope;
use crate::fact::FactDef;

pub(super) const FACTS: &[FactDef] = &[
    FactDef::of::<Providers>(),
    FactDef::of::<RpmPackage>(),
    FactDef::of::<RpmPackageProvides>(),
    FactDef::of::<RpmPackages>(),
];

/// What the database depends on.
fn database() -> Vec<Scope> {
    vec![Scope::PACKAGES, Scope::tree("/var/lib/rpm")]
}

/// `NAME VERSION-RELEASE`, as all questions here are told to answer.
fn read(line: &str) -> Option<(&str, &str)> {
    let (name, version) = line.trim_end().split_once(' ')?;
    let is_pair = !name.is_empty() && !version.is_empty() && !version.contains(' ');
    is_pair.then_some((name, version))
}
