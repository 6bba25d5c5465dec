//! XBPS: packages of Void Linux.

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
    index::renew(&sh!("xbps-install -S"), "/var/db/xbps/*/*-repodata")
}

/// Upgrades all packages.
fn upgrade() -> Shell {
    sh!("xbps-install -y -u")
}

/// Whether XBPS changed any package: it says nothing where all are the newest.
fn changed(outputs: &[Output]) -> bool {
    let signs = ["installed successfully", "updated successfully", "Action"];
    any_output(outputs, |text| signs.iter().any(|it| text.contains(it)))
}
