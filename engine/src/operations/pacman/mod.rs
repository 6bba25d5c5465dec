//! pacman: packages of Arch Linux.

mod packages;
mod update;
mod upgrade;

use crate::command::Output;
use crate::facts::pacman::PacmanUnpackGroup;
use crate::operation::OpDef;
use crate::operations::packages::work::{Group, any_output};
use crate::operations::packages::{Package, index};
use crate::{Host, Result, Shell, sh};

pub(super) const OPERATIONS: &[OpDef] = &[
    OpDef::of::<packages::EnsurePackages>(),
    OpDef::of::<update::Update>(),
    OpDef::of::<upgrade::Upgrade>(),
];

/// Renews the databases.
fn update() -> Shell {
    index::renew(&sh!("pacman --noconfirm -Sy"), "/var/lib/pacman/sync/*.db")
}

/// Upgrades all packages. The language is fixed, so that [`changed`] can read the output.
fn upgrade() -> Shell {
    sh!("LC_ALL=C pacman --noconfirm -Su")
}

/// Whether pacman changed any package: before it does, it lists them.
fn changed(outputs: &[Output]) -> bool {
    any_output(outputs, |text| text.lines().any(|line| line.starts_with("Packages (")))
}

/// The question what a name stands for.
fn unpacked(package: &Package) -> PacmanUnpackGroup {
    PacmanUnpackGroup { package: package.spec.clone() }
}

/// The members of a group, or the package that provides a virtual one.
fn group(host: &Host<'_>, package: &Package) -> Result<Group> {
    let names = host.fact(&unpacked(package))?;
    Ok(Group { members: names.iter().map(|name| (name.clone(), None)).collect(), any: false })
}
