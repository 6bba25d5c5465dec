//! flatpak: applications and runtimes.

mod packages;

use crate::operation::OpDef;

pub(super) const OPERATIONS: &[OpDef] = &[OpDef::of::<packages::EnsurePackages>()];
