//! firewalld, the firewall of Fedora, RHEL and openSUSE.

mod item;
mod port;
mod rule;
mod service;
mod source;
mod zone;

use crate::operation::OpDef;

pub(super) const OPERATIONS: &[OpDef] = &[
    OpDef::of::<port::OpenPort>(),
    OpDef::of::<rule::RichRule>(),
    OpDef::of::<service::OpenService>(),
    OpDef::of::<source::SendSource>(),
    OpDef::of::<zone::EnsureZone>(),
];
