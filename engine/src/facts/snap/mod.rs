//! Snaps.

mod snap_package;
mod snap_packages;

pub use snap_package::SnapPackage;
pub use snap_packages::{SnapPackages, Snaps};

use crate::fact::FactDef;

pub(super) const FACTS: &[FactDef] = &[FactDef::of::<SnapPackage>(), FactDef::of::<SnapPackages>()];
