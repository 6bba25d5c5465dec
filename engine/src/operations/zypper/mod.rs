//! zypper: packages, and where they come from.

mod key;
mod packages;
mod repo;
mod rpm;
mod update;

use crate::command::Output;
use crate::operation::OpDef;
use crate::operations::packages::work::any_output;
use crate::{Shell, sh};

pub(super) const OPERATIONS: &[OpDef] = &[
    OpDef::of::<key::Key>(),
    OpDef::of::<packages::EnsurePackages>(),
    OpDef::of::<repo::Repo>(),
    OpDef::of::<rpm::Rpm>(),
    OpDef::of::<update::Update>(),
];

/// Upgrades all packages, or those that follow. The language is fixed, so that [`changed`] can read the output.
fn update() -> Shell {
    sh!("LC_ALL=C zypper --non-interactive --gpg-auto-import-keys update -y")
}

/// Whether zypper changed any package: before it does, it says what is going to be.
fn changed(outputs: &[Output]) -> bool {
    any_output(outputs, |text| text.contains("going to be"))
}
