//! pkg: packages of the BSDs.

mod packages;

use crate::operation::OpDef;

pub(super) const OPERATIONS: &[OpDef] = &[OpDef::of::<packages::EnsurePackages>()];
