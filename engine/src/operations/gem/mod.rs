//! gem: packages of Ruby.

mod packages;

use crate::command::Output;
use crate::operation::OpDef;
use crate::operations::packages::work::any_output;

pub(super) const OPERATIONS: &[OpDef] = &[OpDef::of::<packages::EnsurePackages>()];

/// Whether gem upgraded anything.
fn changed(outputs: &[Output]) -> bool {
    any_output(outputs, |text| !text.contains("Nothing to update"))
}
