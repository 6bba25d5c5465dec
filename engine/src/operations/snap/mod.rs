//! snap: packages of the Snap Store.

mod package;

use crate::operation::OpDef;

pub(super) const OPERATIONS: &[OpDef] = &[OpDef::of::<package::Package>()];
