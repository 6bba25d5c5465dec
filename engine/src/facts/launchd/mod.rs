//! Jobs of launchd, on macOS.

mod launchd_status;

pub use launchd_status::LaunchdStatus;

use crate::fact::FactDef;

pub(super) const FACTS: &[FactDef] = &[FactDef::of::<LaunchdStatus>()];
