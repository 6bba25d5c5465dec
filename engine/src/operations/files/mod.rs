//! Files, directories, links and their content.

mod block;
mod copy;
pub(crate) mod directory;
mod download;
mod edit;
mod file;
mod flags;
mod force;
mod get;
mod given;
mod ini;
mod json;
mod line;
mod link;
mod mode;
mod move_;
mod ownership;
mod parent;
mod predict;
mod put;
mod replace;
mod rewrite;
mod rsync;
mod structured;
mod sync;
mod template;
mod times;
mod unarchive;
pub(crate) mod upload;
mod validate;
mod yaml;
mod yaml_text;

pub(crate) use directory::Directory;
pub(crate) use force::{only_directory, only_file};
pub(crate) use given::GivenText;
pub(crate) use ownership::operand;
pub(crate) use predict::Predict;
pub(crate) use times::seconds_of;
pub(crate) use upload::Upload;

use crate::operation::OpDef;

pub(super) const OPERATIONS: &[OpDef] = &[
    OpDef::of::<block::Block>(),
    OpDef::of::<copy::Copy>(),
    OpDef::of::<directory::Directory>(),
    OpDef::of::<download::Download>(),
    OpDef::of::<file::File>(),
    OpDef::of::<flags::Flags>(),
    OpDef::of::<get::Get>(),
    OpDef::of::<ini::Ini>(),
    OpDef::of::<json::JsonValue>(),
    OpDef::of::<line::Line>(),
    OpDef::of::<link::Link>(),
    OpDef::of::<move_::Move>(),
    OpDef::of::<put::Put>(),
    OpDef::of::<replace::Replace>(),
    OpDef::of::<rsync::Rsync>(),
    OpDef::of::<sync::Sync>(),
    OpDef::of::<template::Template>(),
    OpDef::of::<unarchive::Unarchive>(),
    OpDef::of::<yaml::Yaml>(),
];
