//! The operations, one folder a module, one file an operation: `server/user.rs` is `server.user`.

pub mod apt;
pub mod bsdinit;
pub mod crontab;
pub mod files;
pub mod git;
pub mod gpg;
pub mod iptables;
pub mod launchd;
pub mod openrc;
pub(crate) mod packages;
pub mod pip;
pub mod runit;
pub mod server;
pub(crate) mod services;
pub mod systemd;
pub mod sysvinit;
pub mod upstart;

use crate::operation::OpDef;

/// The operations of every module.
const MODULES: &[&[OpDef]] = &[
    apt::OPERATIONS,
    bsdinit::OPERATIONS,
    crontab::OPERATIONS,
    files::OPERATIONS,
    git::OPERATIONS,
    gpg::OPERATIONS,
    iptables::OPERATIONS,
    launchd::OPERATIONS,
    openrc::OPERATIONS,
    pip::OPERATIONS,
    runit::OPERATIONS,
    server::OPERATIONS,
    systemd::OPERATIONS,
    sysvinit::OPERATIONS,
    upstart::OPERATIONS,
];

/// All operations, those that scripts define last.
pub fn all() -> impl Iterator<Item = &'static OpDef> {
    built_in().chain(crate::definition::operations())
}

/// All operations but those that scripts define.
pub fn built_in() -> impl Iterator<Item = &'static OpDef> {
    MODULES.iter().flat_map(|module| module.iter())
}

/// The operation of that name.
pub fn find(name: &str) -> Option<&'static OpDef> {
    all().find(|def| def.name == name)
}

/// The wanted value, where it is given and differs from what is there.
pub fn differs<'a, T: PartialEq>(wanted: Option<&'a T>, now: Option<&T>) -> Option<&'a T> {
    wanted.filter(|wanted| now != Some(*wanted))
}
