//! Packages of Ruby.

mod gem_packages;

pub use gem_packages::GemPackages;

use crate::fact::FactDef;

pub(super) const FACTS: &[FactDef] = &[FactDef::of::<GemPackages>()];
