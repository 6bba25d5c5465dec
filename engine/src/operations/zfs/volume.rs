use super::plan::{Properties, Wanted};
use crate::args::Scalar;
use crate::facts::zfs::datasets;
use crate::{Args, Commands, Host, Operation, Result, Scope, sh};

/// Create or destroy a volume of ZFS, or set its properties.
///
/// The size of one that is there stays as it is; the property `volsize` changes it.
///
/// ```rhai
/// zfs.volume("tank/disks/db", "32G", #{ sparse: true });
/// zfs.volume("tank/disks/old", "32G", #{ present: false });
/// ```
#[derive(Debug, Args)]
#[args("zfs.volume")]
pub(crate) struct EnsureVolume {
    /// Name of the volume: `tank/disks/db`.
    volume_name: String,

    /// The size of a new one: `32G`.
    size: Scalar,

    /// For a new one: take up space only where something is written.
    #[arg(default = false)]
    sparse: bool,

    /// Whether it should exist.
    #[arg(default = true)]
    present: bool,

    /// Create the datasets above it too; or destroy those below it too.
    #[arg(default = false)]
    recursive: bool,

    #[arg(flatten)]
    properties: Properties,
}

impl Operation for EnsureVolume {
    fn plan(&self, host: &Host<'_>) -> Result<Commands> {
        let mut create = sh!("zfs create");
        create.flag("-p", self.recursive).flag("-s", self.sparse).opt("-V", Some(&self.size.0));
        Wanted {
            name: &self.volume_name,
            present: self.present,
            recursive: self.recursive,
            properties: self.properties.all(),
            create,
            kind: "volume",
        }
        .plan(host)
    }

    fn touches(&self) -> Vec<Scope> {
        vec![datasets()]
    }
}
