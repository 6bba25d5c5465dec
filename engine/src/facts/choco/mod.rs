//! Packages of Chocolatey, on Windows.

mod choco_packages;
mod choco_version;

pub use choco_packages::ChocoPackages;
pub use choco_version::ChocoVersion;

use crate::fact::FactDef;

pub(super) const FACTS: &[FactDef] =
    &[FactDef::of::<ChocoPackages>(), FactDef::of::<ChocoVersion>()];
