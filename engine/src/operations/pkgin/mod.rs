//! pkgin: packages of pkgsrc.

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

/// Renews the database.
fn update() -> Shell {
    index::renew(&sh!("pkgin -y update"), "/var/db/pkgin/pkgin.db")
}

/// Upgrades all packages.
fn upgrade() -> Shell {
    sh!("pkgin -y upgrade")
}

/// Whether pkgin changed any package. What it prints of its database is no matter.
fn changed(outputs: &[Output]) -> bool {
    let quiet = ["nothing to do", "pkg_summary", "the index is as it was"];
    any_output(outputs, |text| !quiet.iter().any(|it| text.contains(it)))
}
