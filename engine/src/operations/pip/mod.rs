//! Python packages and virtual environments, with pip.

mod packages;
mod requirement;
mod venv;
mod version;
mod virtualenv;

use crate::operation::OpDef;

pub(crate) use requirement::{named, normal};
pub(crate) use version::meets;

pub(super) const OPERATIONS: &[OpDef] = &[
    OpDef::of::<packages::EnsurePackages>(),
    OpDef::of::<venv::Venv>(),
    OpDef::of::<virtualenv::Virtualenv>(),
];
