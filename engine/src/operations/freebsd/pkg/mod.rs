//! Packages of FreeBSD. pkg(8).

pub(super) mod autoremove;
pub(super) mod clean;
pub(super) mod install;
pub(super) mod remove;
pub(super) mod update;
pub(super) mod upgrade;
