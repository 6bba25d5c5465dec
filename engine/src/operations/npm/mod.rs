//! npm: packages of Node.js.

mod packages;

use crate::command::Output;
use crate::operation::OpDef;
use crate::operations::packages::work::any_output;

pub(super) const OPERATIONS: &[OpDef] = &[OpDef::of::<packages::EnsurePackages>()];

/// Whether npm changed anything: `up to date in 300ms`, or `changed 1 package in 1s`.
fn changed(outputs: &[Output]) -> bool {
    any_output(outputs, |text| !text.lines().any(|line| line.starts_with("up to date")))
}
