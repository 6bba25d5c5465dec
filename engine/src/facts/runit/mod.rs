//! Services of runit.

mod runit_managed;
mod runit_status;

pub use runit_managed::RunitManaged;
pub use runit_status::RunitStatus;

use crate::fact::FactDef;

pub(super) const FACTS: &[FactDef] = &[FactDef::of::<RunitManaged>(), FactDef::of::<RunitStatus>()];
