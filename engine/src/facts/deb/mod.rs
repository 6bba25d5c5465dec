//! Debian packages, as dpkg knows them.

mod deb_arch;
mod deb_package;
mod deb_packages;

pub use deb_arch::DebArch;
pub use deb_package::{DebPackage, DebPackageInfo};
pub use deb_packages::DebPackages;

use crate::fact::FactDef;

pub(super) const FACTS: &[FactDef] =
    &[FactDef::of::<DebArch>(), FactDef::of::<DebPackage>(), FactDef::of::<DebPackages>()];
