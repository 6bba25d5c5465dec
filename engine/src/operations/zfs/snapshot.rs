use super::plan::{Wanted, properties};
use crate::facts::zfs::datasets;
use crate::value::Map;
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

    /// Properties; for those whose name is no word: `#{ "com.sun:auto_snapshot": "true" }`.
    properties: Option<Map>,

    /// Further properties: `compression: "lz4"`.
    #[arg(rest)]
    extra_props: Map,
}

impl Operation for EnsureSnapshot {
    fn plan(&self, host: &Host<'_>) -> Result<Commands> {
        let mut create = sh!("zfs snap");
        create.flag("-r", self.recursive);
        Wanted {
            name: &self.snapshot_name,
            present: self.present,
            recursive: self.recursive,
            properties: properties(self.properties.as_ref(), &self.extra_props),
            create,
            kind: "snapshot",
        }
        .plan(host)
    }

    fn touches(&self) -> Vec<Scope> {
        vec![datasets()]
    }
}
