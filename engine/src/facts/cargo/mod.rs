//! Programs that Rust's cargo installed.

mod cargo_packages;

pub use cargo_packages::CargoPackages;

use crate::fact::FactDef;

pub(super) const FACTS: &[FactDef] = &[FactDef::of::<CargoPackages>()];
