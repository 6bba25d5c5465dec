//! Homebrew: packages, where they come from, and whom it trusts.

mod brew_packages;
mod brew_taps;
mod brew_trusted;
mod brew_version;
mod outdated;

pub use brew_packages::{BrewCasks, BrewPackages};
pub use brew_taps::BrewTaps;
pub use brew_trusted::{BrewTrusted, Trusted};
pub use brew_version::{BrewVersion, Version};
pub use outdated::Outdated;

use crate::fact::FactDef;

pub(super) const FACTS: &[FactDef] = &[
    FactDef::of::<BrewPackages>(),
    FactDef::of::<BrewCasks>(),
    FactDef::of::<BrewTaps>(),
    FactDef::of::<BrewTrusted>(),
    FactDef::of::<BrewVersion>(),
    FactDef::of::<Outdated>(),
];
