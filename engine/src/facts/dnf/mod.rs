//! dnf: repositories, modules, and what could be upgraded.

mod dnf_modules;
mod dnf_repositories;
mod outdated;

pub use dnf_modules::{DnfDisabledModules, DnfEnabledModules};
pub use dnf_repositories::DnfRepositories;
pub use outdated::Outdated;

use crate::fact::FactDef;

pub(super) const FACTS: &[FactDef] = &[
    FactDef::of::<DnfDisabledModules>(),
    FactDef::of::<DnfEnabledModules>(),
    FactDef::of::<DnfRepositories>(),
    FactDef::of::<Outdated>(),
];

pub(super) use outdated::read as read_update;
