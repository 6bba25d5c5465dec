//! Services of the BSDs.

mod service;

pub(crate) use service::ControlService;

use crate::operation::OpDef;

pub(super) const OPERATIONS: &[OpDef] = &[OpDef::of::<service::ControlService>()];
