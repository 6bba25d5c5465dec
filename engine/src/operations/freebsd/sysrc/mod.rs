//! Settings in rc.conf(5). sysrc(8).

pub(super) mod sysrc_;
