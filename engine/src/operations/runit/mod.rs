//! Services of runit.

mod auto;
mod manage;
mod service;
mod wait_runsv;

pub(crate) use service::ControlService;

use crate::operation::OpDef;

pub(super) const OPERATIONS: &[OpDef] = &[
    OpDef::of::<service::ControlService>(),
    OpDef::of::<manage::Manage>(),
    OpDef::of::<wait_runsv::WaitRunsv>(),
    OpDef::of::<auto::StartByItself>(),
];
