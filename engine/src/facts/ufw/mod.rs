//! ufw, the firewall of Ubuntu and Debian.

mod rule_state;
mod rules;
mod status;

pub use rule_state::RuleState;
pub use rules::Rules;
pub use status::{Status, StatusInfo};

use crate::Scope;
use crate::fact::FactDef;

pub(super) const FACTS: &[FactDef] =
    &[FactDef::of::<RuleState>(), FactDef::of::<Rules>(), FactDef::of::<Status>()];

/// What ufw's answers depend on.
fn reads() -> Vec<Scope> {
    vec![
        Scope::FIREWALL,
        Scope::SERVICES,
        Scope::PACKAGES,
        Scope::tree("/etc/ufw"),
        Scope::path("/etc/default/ufw"),
    ]
}
