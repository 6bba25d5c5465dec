//! Packages of Void Linux.

mod outdated;
mod xbps_packages;

pub use outdated::Outdated;
pub use xbps_packages::XbpsPackages;

use crate::fact::FactDef;

pub(super) const FACTS: &[FactDef] = &[FactDef::of::<Outdated>(), FactDef::of::<XbpsPackages>()];
