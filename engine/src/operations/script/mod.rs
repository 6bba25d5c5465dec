//! The deploy script itself as a part of the run.

mod run;

use crate::operation::OpDef;

pub(super) const OPERATIONS: &[OpDef] = &[OpDef::of::<run::Run>()];
