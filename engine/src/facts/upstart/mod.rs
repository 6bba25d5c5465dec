//! Jobs of Upstart.

mod upstart_status;

pub use upstart_status::UpstartStatus;

use crate::fact::FactDef;

pub(super) const FACTS: &[FactDef] = &[FactDef::of::<UpstartStatus>()];
