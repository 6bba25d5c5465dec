//! Chocolatey: packages of Windows.

mod install;
mod packages;

use crate::command::Output;
use crate::operation::OpDef;
use crate::operations::packages::work::any_output;

pub(super) const OPERATIONS: &[OpDef] =
    &[OpDef::of::<packages::EnsurePackages>(), OpDef::of::<install::Install>()];

/// Whether Chocolatey upgraded anything.
fn changed(outputs: &[Output]) -> bool {
    any_output(outputs, |text| !text.contains("Chocolatey upgraded 0/"))
}
