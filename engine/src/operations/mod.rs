//! The operations, one folder a module, one file an operation: `server/user.rs` is `server.user`.

mod apk;
mod apt;
mod brew;
mod bsdinit;
mod cargo;
mod choco;
mod crontab;
mod dnf;
mod docker;
mod download;
mod dumps;
mod files;
mod firewalld;
mod flatpak;
mod freebsd;
mod gem;
mod git;
mod go;
mod gpg;
mod iptables;
mod launchd;
mod lxd;
mod mysql;
mod nftables;
mod npm;
mod openrc;
mod opkg;
mod packages;
mod pacman;
mod pip;
mod pipx;
mod pkg;
mod pkgin;
mod postgresql;
mod puppet;
mod rpm;
mod runit;
mod script;
mod selinux;
mod server;
mod services;
mod snap;
mod ssh;
mod systemd;
mod sysvinit;
mod ufw;
mod upstart;
mod uv;
mod vzctl;
mod xbps;
mod yum;
mod zfs;
mod zypper;

use std::collections::BTreeSet;

use crate::operation::OpDef;

/// The operations of every module.
const MODULES: &[&[OpDef]] = &[
    apk::OPERATIONS,
    apt::OPERATIONS,
    brew::OPERATIONS,
    bsdinit::OPERATIONS,
    cargo::OPERATIONS,
    choco::OPERATIONS,
    crontab::OPERATIONS,
    dnf::OPERATIONS,
    docker::OPERATIONS,
    files::OPERATIONS,
    firewalld::OPERATIONS,
    flatpak::OPERATIONS,
    freebsd::OPERATIONS,
    gem::OPERATIONS,
    git::OPERATIONS,
    go::OPERATIONS,
    gpg::OPERATIONS,
    iptables::OPERATIONS,
    launchd::OPERATIONS,
    lxd::OPERATIONS,
    mysql::OPERATIONS,
    nftables::OPERATIONS,
    npm::OPERATIONS,
    openrc::OPERATIONS,
    opkg::OPERATIONS,
    pacman::OPERATIONS,
    pip::OPERATIONS,
    pipx::OPERATIONS,
    pkg::OPERATIONS,
    pkgin::OPERATIONS,
    postgresql::OPERATIONS,
    puppet::OPERATIONS,
    runit::OPERATIONS,
    script::OPERATIONS,
    selinux::OPERATIONS,
    server::OPERATIONS,
    snap::OPERATIONS,
    ssh::OPERATIONS,
    systemd::OPERATIONS,
    sysvinit::OPERATIONS,
    ufw::OPERATIONS,
    upstart::OPERATIONS,
    uv::OPERATIONS,
    vzctl::OPERATIONS,
    xbps::OPERATIONS,
    yum::OPERATIONS,
    zfs::OPERATIONS,
    zypper::OPERATIONS,
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
    ("server.crontab", "crontab.crontab"),
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
