//! The operations, one folder a module, one file an operation: `server/user.rs` is `server.user`.

pub mod apt;
pub mod bsdinit;
pub mod crontab;
pub(crate) mod dumps;
pub mod files;
pub mod git;
pub mod gpg;
pub mod iptables;
pub mod launchd;
pub mod mysql;
pub mod nftables;
pub mod openrc;
pub(crate) mod packages;
pub mod pip;
pub mod postgresql;
pub mod runit;
pub mod script;
pub mod server;
pub(crate) mod services;
pub mod ssh;
pub mod systemd;
pub mod sysvinit;
pub mod ufw;
pub mod upstart;

use std::collections::BTreeSet;

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
    mysql::OPERATIONS,
    nftables::OPERATIONS,
    openrc::OPERATIONS,
    pip::OPERATIONS,
    postgresql::OPERATIONS,
    runit::OPERATIONS,
    script::OPERATIONS,
    server::OPERATIONS,
    ssh::OPERATIONS,
    systemd::OPERATIONS,
    sysvinit::OPERATIONS,
    ufw::OPERATIONS,
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

/// Other names of operations, as pyinfra has them.
pub const ALIASES: &[(&str, &str)] = &[
    ("postgres.database", "postgresql.database"),
    ("postgres.dump", "postgresql.dump"),
    ("postgres.load", "postgresql.load"),
    ("postgres.role", "postgresql.role"),
    ("postgres.sql", "postgresql.sql"),
];

/// The modules of operations, also by other names: `server`, `freebsd.pkg`.
pub fn modules() -> BTreeSet<&'static str> {
    let aliases = ALIASES.iter().filter_map(|(alias, _)| Some(alias.rsplit_once('.')?.0));
    all().map(OpDef::module).chain(aliases).collect()
}

/// The operation of that name.
pub fn find(name: &str) -> Option<&'static OpDef> {
    let alias = ALIASES.iter().find(|(alias, _)| *alias == name);
    let name = alias.map_or(name, |(_, name)| *name);
    all().find(|def| def.name == name)
}

/// The wanted value, where it is given and differs from what is there.
pub fn differs<'a, T: PartialEq>(wanted: Option<&'a T>, now: Option<&T>) -> Option<&'a T> {
    wanted.filter(|wanted| now != Some(*wanted))
}
