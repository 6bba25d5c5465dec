//! ufw, the firewall of Ubuntu and Debian.

mod default;
mod enable;
mod rule;

use crate::operation::OpDef;

pub(super) const OPERATIONS: &[OpDef] =
    &[OpDef::of::<default::Default>(), OpDef::of::<enable::Enable>(), OpDef::of::<rule::Rule>()];
