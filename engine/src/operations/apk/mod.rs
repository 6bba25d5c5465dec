//! apk: packages of Alpine Linux.

mod packages;
mod update;
mod upgrade;

use crate::command::Output;
use crate::operation::OpDef;
use crate::operations::packages::index;
use crate::operations::packages::work::any_output;
use crate::{Shell, sh};

pub(super) const OPERATIONS: &[OpDef] = &[
    OpDef::of::<packages::EnsurePackages>(),
    OpDef::of::<update::Update>(),
    OpDef::of::<upgrade::Upgrade>(),
];

/// Renews the index.
fn update() -> Shell {
    index::renew(&sh!("apk update"), "/var/cache/apk/APKINDEX.* /etc/apk/cache/APKINDEX.*")
}

/// Upgrades all packages.
fn upgrade(available: bool) -> Shell {
    let mut flags = Shell::new();
    flags.flag("--available", available);
    sh!("apk upgrade {flags}")
}

/// Whether apk changed any package: it numbers what it does, `(1/2) Upgrading musl`.
fn changed(outputs: &[Output]) -> bool {
    any_output(outputs, |text| text.lines().any(|line| line.starts_with('(')))
}
