//! SELinux: booleans, and the types of files and ports.

mod file_context;
mod file_context_mapping;
mod ports;
mod se_boolean;

pub use file_context::{FileContext, Label};
pub use file_context_mapping::FileContextMapping;
pub use ports::{SEPort, SEPorts};
pub use se_boolean::SEBoolean;

use crate::Scope;
use crate::fact::FactDef;

pub(super) const FACTS: &[FactDef] = &[
    FactDef::of::<FileContext>(),
    FactDef::of::<FileContextMapping>(),
    FactDef::of::<SEBoolean>(),
    FactDef::of::<SEPort>(),
    FactDef::of::<SEPorts>(),
];

/// A part of the policy: `boolean`, `mapping` or `port`, and its name. Such a path is no file's: it does
/// not begin with a slash.
pub(crate) fn part(kind: &str, name: &str) -> Scope {
    Scope::path(format!("selinux:/{kind}/{name}"))
}
