//! Keys of `GnuPG`, in files.

mod dearmor;
mod install;
mod key;
mod remove;

pub(crate) use key::Key;

use crate::operation::OpDef;

pub(super) const OPERATIONS: &[OpDef] = &[OpDef::of::<dearmor::Dearmor>(), OpDef::of::<key::Key>()];

/// The directory that a path is in.
fn parent(path: &str) -> &str {
    match path.rsplit_once('/') {
        Some(("", _)) => "/",
        Some((directory, _)) => directory,
        None => ".",
    }
}
