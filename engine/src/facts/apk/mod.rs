//! Packages of Alpine Linux.

mod apk_packages;
mod outdated;

pub use apk_packages::ApkPackages;
pub use outdated::Outdated;

use crate::fact::FactDef;

pub(super) const FACTS: &[FactDef] = &[FactDef::of::<ApkPackages>(), FactDef::of::<Outdated>()];
