//! systemd: units and the manager itself.

mod daemon_reload;
mod service;
mod text;
mod timer;
mod unit;
mod unit_file;

pub(crate) use service::ControlService;

use crate::operation::OpDef;

pub(super) const OPERATIONS: &[OpDef] = &[
    OpDef::of::<daemon_reload::DaemonReload>(),
    OpDef::of::<service::ControlService>(),
    OpDef::of::<timer::Timer>(),
    OpDef::of::<unit::Unit>(),
];
