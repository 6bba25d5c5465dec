//! cargo: programs from crates of Rust.

mod packages;

use crate::command::Output;
use crate::operation::OpDef;
use crate::operations::packages::work::any_output;

pub(super) const OPERATIONS: &[OpDef] = &[OpDef::of::<packages::EnsurePackages>()];

/// Whether cargo installed anything.
fn changed(outputs: &[Output]) -> bool {
    any_output(outputs, |text| {
        let has = |word| text.contains(word);
        !has("is already installed") || has("Installed package") || has("Replaced package")
    })
}
