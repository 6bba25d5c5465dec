//! Updates of FreeBSD itself. freebsd-update(8).

pub(super) mod update;
