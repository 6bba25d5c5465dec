//! What only FreeBSD tells.

mod pkg_package;
mod service;
mod sysrc;

pub use pkg_package::PkgPackage;
pub use service::{ServiceScript, ServiceStatus};
pub use sysrc::Sysrc;

use crate::fact::FactDef;

pub(super) const FACTS: &[FactDef] = &[
    FactDef::of::<PkgPackage>(),
    FactDef::of::<ServiceScript>(),
    FactDef::of::<ServiceStatus>(),
    FactDef::of::<Sysrc>(),
];

/// What was printed, where something was.
fn text(output: &str) -> Option<String> {
    Some(output.trim_end_matches('\n').to_owned()).filter(|it| !it.is_empty())
}
