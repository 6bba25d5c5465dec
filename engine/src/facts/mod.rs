//! The facts, one folder a module, one file a fact: `server/users.rs` is `server.users`.

pub mod apt;
pub mod bsdinit;
pub mod crontab;
pub mod deb;
pub mod files;
pub mod git;
pub mod given;
pub mod gpg;
pub mod installed;
pub mod iptables;
pub mod launchd;
pub mod mysql;
pub mod nftables;
pub mod openrc;
pub mod pip;
pub mod postgresql;
pub mod runit;
pub mod server;
pub mod systemd;
pub mod sysvinit;
pub(crate) mod table;
pub mod ufw;
pub mod upstart;

use crate::fact::FactDef;

/// The facts of every module.
const MODULES: &[&[FactDef]] = &[
    apt::FACTS,
    bsdinit::FACTS,
    crontab::FACTS,
    deb::FACTS,
    files::FACTS,
    git::FACTS,
    gpg::FACTS,
    iptables::FACTS,
    launchd::FACTS,
    mysql::FACTS,
    nftables::FACTS,
    openrc::FACTS,
    pip::FACTS,
    postgresql::FACTS,
    runit::FACTS,
    server::FACTS,
    systemd::FACTS,
    sysvinit::FACTS,
    ufw::FACTS,
    upstart::FACTS,
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
];

/// The fact of that name.
pub fn find(name: &str) -> Option<&'static FactDef> {
    let alias = ALIASES.iter().find(|(alias, _)| *alias == name);
    let name = alias.map_or(name, |(_, name)| *name);
    all().find(|def| def.name == name)
}
