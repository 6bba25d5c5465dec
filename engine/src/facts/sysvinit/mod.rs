//! Scripts in `/etc/init.d`.

mod initd_status;

pub use initd_status::InitdStatus;
pub(super) use initd_status::statuses;

use crate::fact::FactDef;

pub(super) const FACTS: &[FactDef] = &[FactDef::of::<InitdStatus>()];
