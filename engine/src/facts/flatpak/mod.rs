//! Applications and runtimes of Flatpak.

mod flatpak_package;
mod flatpak_packages;

pub use flatpak_package::FlatpakPackage;
pub use flatpak_packages::FlatpakPackages;

use crate::fact::FactDef;

pub(super) const FACTS: &[FactDef] =
    &[FactDef::of::<FlatpakPackage>(), FactDef::of::<FlatpakPackages>()];
