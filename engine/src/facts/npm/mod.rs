//! Packages of Node.js.

mod npm_packages;

pub use npm_packages::NpmPackages;

use crate::fact::FactDef;

pub(super) const FACTS: &[FactDef] = &[FactDef::of::<NpmPackages>()];
