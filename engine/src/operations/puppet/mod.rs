//! Puppet.

mod agent;

use crate::operation::OpDef;

pub(super) const OPERATIONS: &[OpDef] = &[OpDef::of::<agent::RunAgent>()];
