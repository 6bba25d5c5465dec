//! zypper: repositories, and what could be upgraded.

mod outdated;
mod zypper_repositories;

pub use outdated::Outdated;
pub use zypper_repositories::ZypperRepositories;

use crate::fact::FactDef;

pub(super) const FACTS: &[FactDef] =
    &[FactDef::of::<Outdated>(), FactDef::of::<ZypperRepositories>()];
