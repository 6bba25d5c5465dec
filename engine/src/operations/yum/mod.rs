//! yum: packages, and where packages come from.

mod key;
mod packages;
mod repo;
mod rpm;
mod update;

use crate::operation::OpDef;
use crate::operations::rpm::changed;
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
    sh!("LC_ALL=C yum update -y")
}
