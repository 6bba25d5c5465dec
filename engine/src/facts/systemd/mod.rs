//! Units of systemd.

mod systemd_enabled;
mod systemd_status;
mod units;

pub use systemd_enabled::SystemdEnabled;
pub use systemd_status::SystemdStatus;
pub use units::{Names, Unit, Units, systemctl};

use crate::fact::FactDef;

pub(super) const FACTS: &[FactDef] =
    &[FactDef::of::<SystemdEnabled>(), FactDef::of::<SystemdStatus>()];
