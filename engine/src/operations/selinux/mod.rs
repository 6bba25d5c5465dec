//! SELinux: booleans, and the types of files and ports.

mod boolean;
mod file_context;
mod file_context_mapping;
mod port;

use crate::operation::OpDef;

pub(super) const OPERATIONS: &[OpDef] = &[
    OpDef::of::<boolean::SetBoolean>(),
    OpDef::of::<file_context::SetFileContext>(),
    OpDef::of::<file_context_mapping::MapFileContext>(),
    OpDef::of::<port::LabelPort>(),
];
