//! Datasets of ZFS: file systems, volumes and snapshots.

mod dataset;
mod filesystem;
mod plan;
mod snapshot;
mod volume;

use crate::operation::OpDef;

pub(super) const OPERATIONS: &[OpDef] = &[
    OpDef::of::<dataset::EnsureDataset>(),
    OpDef::of::<snapshot::EnsureSnapshot>(),
    OpDef::of::<volume::EnsureVolume>(),
    OpDef::of::<filesystem::EnsureFilesystem>(),
];
