//! Packages of Arch Linux.

mod outdated;
mod pacman_packages;
mod pacman_unpack_group;

pub use outdated::Outdated;
pub use pacman_packages::PacmanPackages;
pub use pacman_unpack_group::PacmanUnpackGroup;

use crate::fact::FactDef;

pub(super) const FACTS: &[FactDef] = &[
    FactDef::of::<Outdated>(),
    FactDef::of::<PacmanPackages>(),
    FactDef::of::<PacmanUnpackGroup>(),
];
