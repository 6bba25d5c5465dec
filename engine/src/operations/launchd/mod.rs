//! Jobs of launchd, on macOS.

mod service;

use crate::operation::OpDef;

pub(super) const OPERATIONS: &[OpDef] = &[OpDef::of::<service::ControlService>()];
