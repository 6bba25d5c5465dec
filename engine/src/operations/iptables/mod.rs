//! Rules and chains of the kernel's packet filter, through `iptables` and `ip6tables`.

mod chain;
mod rule;
mod table;

use crate::operation::OpDef;

pub(super) const OPERATIONS: &[OpDef] = &[OpDef::of::<chain::Chain>(), OpDef::of::<rule::Rule>()];
