//! Python packages, as pip lists them.

mod packages;

pub use packages::{Pip3Packages, PipPackages};

use crate::fact::FactDef;

pub(super) const FACTS: &[FactDef] = &[FactDef::of::<Pip3Packages>(), FactDef::of::<PipPackages>()];
