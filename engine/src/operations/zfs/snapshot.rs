use super::plan::{Properties, Wanted};
use crate::facts::zfs::datasets;
use crate::{Args, Commands, Host, Operation, Result, Scope, sh};

/// Take a snapshot of a dataset of ZFS, or destroy it, or set its properties.
///
/// One that is there stays as it was taken.
///
/// ```rhai
/// zfs.snapshot("tank/home@before-upgrade");
/// zfs.snapshot("tank/home@old", #{ present: false });
/// ```
#[derive(Debug, Args)]
#[args("zfs.snapshot")]
pub(crate) struct EnsureSnapshot {
    /// The dataset and the name of the snapshot: `tank/home@monday`.
    snapshot_name: String,

    /// Whether it should exist.
    #[arg(default = true)]
    present: bool,

    /// Take one of all datasets below it too; or destroy those too.
    #[arg(default = false)]
    recursive: bool,

    #[arg(flatten)]
    properties: Properties,
}

impl Operation for EnsureSnapshot {
    fn plan(&self, host: &Host<'_>) -> Result<Commands> {
        let mut create = sh!("zfs snap");
        create.flag("-r", self.recursive);
        Wanted {
            name: &self.snapshot_name,
            present: self.present,
            recursive: self.recursive,
            properties: self.properties.all(),
            create,
            kind: "snapshot",
        }
        .plan(host)
    }

    fn touches(&self) -> Vec<Scope> {
        vec![datasets()]
    }
}
