//! Rules and chains of the kernel's packet filter, as `iptables` shows them.

mod chains;
mod rule;
mod rules;

pub use chains::{Ip6tablesChains, IptablesChains};
pub use rule::{Rule, options};
pub use rules::{Ip6tablesRules, IptablesRules};

use crate::Scope;
use crate::fact::FactDef;

pub(super) const FACTS: &[FactDef] = &[
    FactDef::of::<Ip6tablesChains>(),
    FactDef::of::<Ip6tablesRules>(),
    FactDef::of::<IptablesChains>(),
    FactDef::of::<IptablesRules>(),
];

/// What the packet filter depends on: whoever manages it, and services that add rules of their own.
fn reads() -> Vec<Scope> {
    vec![Scope::FIREWALL, Scope::SERVICES, Scope::PACKAGES]
}
