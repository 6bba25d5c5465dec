//! Containers of LXD.

mod container;

use crate::operation::OpDef;

pub(super) const OPERATIONS: &[OpDef] = &[OpDef::of::<container::EnsureContainer>()];
