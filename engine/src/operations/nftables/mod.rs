//! nftables, the packet filter of Linux.

mod rule;
mod ruleset;

use crate::operation::OpDef;

pub(super) const OPERATIONS: &[OpDef] =
    &[OpDef::of::<rule::Rule>(), OpDef::of::<ruleset::Ruleset>()];
