//! Services of `OpenRC`.

mod openrc_enabled;
mod openrc_status;

pub use openrc_enabled::OpenrcEnabled;
pub use openrc_status::OpenrcStatus;

use crate::fact::FactDef;

pub(super) const FACTS: &[FactDef] =
    &[FactDef::of::<OpenrcEnabled>(), FactDef::of::<OpenrcStatus>()];
