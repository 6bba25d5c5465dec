//! Packages of pkgsrc, as pkgin lists them.

mod pkgin_packages;

pub use pkgin_packages::PkginPackages;

use crate::fact::FactDef;

pub(super) const FACTS: &[FactDef] = &[FactDef::of::<PkginPackages>()];
