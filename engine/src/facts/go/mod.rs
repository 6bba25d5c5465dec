//! Programs that `go install` installed.

mod go_packages;

pub use go_packages::GoPackages;

use crate::fact::FactDef;

pub(super) const FACTS: &[FactDef] = &[FactDef::of::<GoPackages>()];
