//! Services of FreeBSD. service(8).

pub(super) mod service_;
