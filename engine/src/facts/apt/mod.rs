//! What apt knows: where packages come from, and what it would do.

mod apt_keys;
mod apt_packages;
mod apt_sources;
mod deb822;
mod simulate;

pub use apt_keys::{AptKeys, KEYRING_DIRECTORIES};
pub use apt_packages::AptPackages;
pub use apt_sources::{AptRepo, AptSources, OneOrSeveral, Sources, parse_apt_repo};
pub use simulate::{SimulateOperationWillChange, Simulation};

use crate::fact::FactDef;

pub(super) const FACTS: &[FactDef] = &[
    FactDef::of::<AptKeys>(),
    FactDef::of::<AptPackages>(),
    FactDef::of::<AptSources>(),
    FactDef::of::<SimulateOperationWillChange>(),
];
