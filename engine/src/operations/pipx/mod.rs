//! pipx: Python applications, each in an environment of its own.

mod ensure_path;
mod packages;
mod upgrade_all;

use crate::operation::OpDef;

pub(super) const OPERATIONS: &[OpDef] = &[
    OpDef::of::<packages::EnsurePackages>(),
    OpDef::of::<upgrade_all::UpgradeAll>(),
    OpDef::of::<ensure_path::EnsurePath>(),
];
