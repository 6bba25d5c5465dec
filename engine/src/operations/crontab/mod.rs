//! Scheduled jobs.

#[expect(clippy::module_inception, reason = "a file is named as the operation that is in it")]
mod crontab;

use crate::operation::OpDef;

pub(super) const OPERATIONS: &[OpDef] = &[OpDef::of::<crontab::Crontab>()];
