//! systemd: units and the manager itself.

mod daemon_reload;
mod service;

pub(crate) use service::ControlService;

use crate::operation::OpDef;

pub(super) const OPERATIONS: &[OpDef] =
    &[OpDef::of::<service::ControlService>(), OpDef::of::<daemon_reload::DaemonReload>()];
