//! Scripts in `/etc/rc.d` and `/usr/local/etc/rc.d`, on the BSDs.

mod rcd_status;

pub use rcd_status::RcdStatus;

use crate::fact::FactDef;

pub(super) const FACTS: &[FactDef] = &[FactDef::of::<RcdStatus>()];
