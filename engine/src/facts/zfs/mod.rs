//! Pools and datasets of ZFS with their properties.

mod datasets;

pub(crate) use datasets::datasets;
pub use datasets::{ZfsDatasets, ZfsFilesystems, ZfsPools, ZfsSnapshots, ZfsVolumes};

use crate::fact::FactDef;

pub(super) const FACTS: &[FactDef] = &[
    FactDef::of::<ZfsDatasets>(),
    FactDef::of::<ZfsFilesystems>(),
    FactDef::of::<ZfsPools>(),
    FactDef::of::<ZfsSnapshots>(),
    FactDef::of::<ZfsVolumes>(),
];
