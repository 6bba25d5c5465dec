//! The facts, one folder a module, one file a fact: `server/users.rs` is `server.users`.

pub mod apk;
pub mod apt;
pub mod brew;
pub mod bsdinit;
pub mod cargo;
pub mod choco;
pub mod crontab;
pub mod deb;
pub mod dnf;
pub mod docker;
pub mod efibootmgr;
pub mod files;
pub mod firewalld;
pub mod flatpak;
pub mod freebsd;
pub mod gem;
pub mod git;
pub mod given;
pub mod go;
pub mod gpg;
pub mod hardware;
pub mod installed;
pub mod iptables;
pub mod launchd;
pub mod lxd;
pub mod mysql;
pub mod nftables;
pub mod npm;
pub mod openrc;
pub mod opkg;
pub mod outdated;
pub mod pacman;
pub mod pip;
pub mod pipx;
pub mod pkg;
pub mod pkgin;
pub mod podman;
pub mod postgresql;
pub mod rpm;
pub mod runit;
pub mod selinux;
pub mod server;
pub mod snap;
pub mod systemd;
pub mod sysvinit;
pub(crate) mod table;
pub mod ufw;
pub mod upstart;
pub mod uv;
pub mod vzctl;
pub mod xbps;
pub mod yum;
pub mod zfs;
pub mod zypper;

use crate::fact::FactDef;

/// The facts of every module.
const MODULES: &[&[FactDef]] = &[
    apk::FACTS,
    apt::FACTS,
    brew::FACTS,
    bsdinit::FACTS,
    cargo::FACTS,
    choco::FACTS,
    crontab::FACTS,
    deb::FACTS,
    dnf::FACTS,
    docker::FACTS,
    efibootmgr::FACTS,
    files::FACTS,
    firewalld::FACTS,
    flatpak::FACTS,
    freebsd::FACTS,
    gem::FACTS,
    git::FACTS,
    go::FACTS,
    gpg::FACTS,
    hardware::FACTS,
    iptables::FACTS,
    launchd::FACTS,
    lxd::FACTS,
    mysql::FACTS,
    nftables::FACTS,
    npm::FACTS,
    openrc::FACTS,
    opkg::FACTS,
    pacman::FACTS,
    pip::FACTS,
    pipx::FACTS,
    pkg::FACTS,
    pkgin::FACTS,
    podman::FACTS,
    postgresql::FACTS,
    rpm::FACTS,
    runit::FACTS,
    selinux::FACTS,
    server::FACTS,
    snap::FACTS,
    systemd::FACTS,
    sysvinit::FACTS,
    ufw::FACTS,
    upstart::FACTS,
    uv::FACTS,
    vzctl::FACTS,
    xbps::FACTS,
    yum::FACTS,
    zfs::FACTS,
    zypper::FACTS,
];

/// All facts, those that scripts define last.
pub fn all() -> impl Iterator<Item = &'static FactDef> {
    built_in().chain(crate::definition::facts())
}

/// All facts but those that scripts define.
pub fn built_in() -> impl Iterator<Item = &'static FactDef> {
    MODULES.iter().flat_map(|module| module.iter())
}

/// Other names of facts, as pyinfra has them.
pub const ALIASES: &[(&str, &str)] = &[
    ("postgres.postgres_databases", "postgresql.postgresql_databases"),
    ("postgres.postgres_roles", "postgresql.postgresql_roles"),
    ("server.crontab", "crontab.crontab"),
    ("zfs.datasets", "zfs.zfs_datasets"),
    ("zfs.filesystems", "zfs.zfs_filesystems"),
    ("zfs.pools", "zfs.zfs_pools"),
    ("zfs.snapshots", "zfs.zfs_snapshots"),
    ("zfs.volumes", "zfs.zfs_volumes"),
];

/// The fact of that name.
pub fn find(name: &str) -> Option<&'static FactDef> {
    let alias = ALIASES.iter().find(|(alias, _)| *alias == name);
    let name = alias.map_or(name, |(_, name)| *name);
    all().find(|def| def.name == name)
}
