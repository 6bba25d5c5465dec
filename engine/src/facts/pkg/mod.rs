//! Packages of the BSDs.

mod pkg_packages;

pub use pkg_packages::PkgPackages;

use crate::fact::FactDef;

pub(super) const FACTS: &[FactDef] = &[FactDef::of::<PkgPackages>()];
