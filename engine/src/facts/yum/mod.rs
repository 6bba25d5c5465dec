//! yum: repositories, and what could be upgraded.

mod outdated;
mod yum_repositories;

pub use outdated::Outdated;
pub use yum_repositories::YumRepositories;

use crate::fact::FactDef;

pub(super) const FACTS: &[FactDef] = &[FactDef::of::<Outdated>(), FactDef::of::<YumRepositories>()];
