//! nftables, the packet filter of Linux.

mod rules;
mod ruleset;

pub use rules::{Rule, Rules};
pub use ruleset::Ruleset;

use crate::Scope;
use crate::fact::FactDef;

pub(super) const FACTS: &[FactDef] = &[FactDef::of::<Rules>(), FactDef::of::<Ruleset>()];

/// What the rules depend on.
fn reads() -> Vec<Scope> {
    vec![Scope::FIREWALL, Scope::SERVICES, Scope::PACKAGES]
}
