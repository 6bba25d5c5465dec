//! firewalld, the firewall of Fedora, RHEL and openSUSE.

mod status;
mod zones;

pub use status::{Status, StatusInfo};
pub use zones::{ZoneInfo, Zones};

use crate::Scope;
use crate::fact::FactDef;

pub(super) const FACTS: &[FactDef] = &[FactDef::of::<Status>(), FactDef::of::<Zones>()];

/// What firewalld's answers depend on.
fn reads() -> Vec<Scope> {
    vec![Scope::FIREWALL, Scope::SERVICES, Scope::PACKAGES, Scope::tree("/etc/firewalld")]
}
