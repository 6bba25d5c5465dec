//! opkg: packages of `OpenWrt`.

mod packages;
mod update;

use crate::command::Output;
use crate::operation::OpDef;
use crate::operations::packages::index;
use crate::operations::packages::work::any_output;
use crate::{Shell, sh};

pub(super) const OPERATIONS: &[OpDef] =
    &[OpDef::of::<packages::EnsurePackages>(), OpDef::of::<update::Update>()];

/// Renews the lists of packages.
fn update() -> Shell {
    index::renew(&sh!("opkg update"), "/var/opkg-lists/*")
}

/// Whether opkg changed any package.
fn changed(outputs: &[Output]) -> bool {
    let signs = ["Upgrading ", "Installing ", "Configuring ", "Removing "];
    any_output(outputs, |text| signs.iter().any(|it| text.contains(it)))
}
