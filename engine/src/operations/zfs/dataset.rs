use super::plan::{Properties, Wanted};
use crate::args::Scalar;
use crate::facts::zfs::datasets;
use crate::{Args, Commands, Host, Operation, Result, Scope, sh};

/// Create or destroy a dataset of ZFS, or set its properties.
///
/// With `volume_size` a new one is a volume, else a file system. True and false are `on` and `off`.
///
/// ```rhai
/// zfs.dataset("tank/srv", #{ mountpoint: "/srv", compression: "lz4", properties: #{ "com.sun:auto_snapshot": "true" } });
/// zfs.dataset("tank/disks/db", #{ volume_size: "32G", sparse: true });
/// zfs.dataset("tank/old", #{ present: false, recursive: true });
/// ```
#[derive(Debug, Args)]
#[args("zfs.dataset")]
pub(crate) struct EnsureDataset {
    /// Name of the dataset: `tank/srv`.
    dataset_name: String,

    /// Whether it should exist.
    #[arg(default = true)]
    present: bool,

    /// Create the datasets above it too; or destroy those below it too.
    #[arg(default = false)]
    recursive: bool,

    /// For a new volume: take up space only where something is written.
    sparse: Option<bool>,

    /// The size of a new volume: `32G`.
    volume_size: Option<Scalar>,

    #[arg(flatten)]
    properties: Properties,
}

impl Operation for EnsureDataset {
    fn plan(&self, host: &Host<'_>) -> Result<Commands> {
        let mut create = sh!("zfs create");
        create.flag("-p", self.recursive).flag("-s", self.sparse == Some(true));
        create.opt("-V", self.volume_size.as_ref().map(|it| &it.0));
        let kind = if self.volume_size.is_some() { "volume" } else { "filesystem" };
        Wanted {
            name: &self.dataset_name,
            present: self.present,
            recursive: self.recursive,
            properties: self.properties.all(),
            create,
            kind,
        }
        .plan(host)
    }

    fn touches(&self) -> Vec<Scope> {
        vec![datasets()]
    }
}
