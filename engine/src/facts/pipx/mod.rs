//! Python applications that pipx installed.

mod pipx_environment;
mod pipx_packages;

pub use pipx_environment::PipxEnvironment;
pub use pipx_packages::PipxPackages;

use crate::fact::FactDef;

pub(super) const FACTS: &[FactDef] =
    &[FactDef::of::<PipxEnvironment>(), FactDef::of::<PipxPackages>()];
