use super::plan::{Properties, Wanted};
use crate::facts::zfs::datasets;
use crate::{Args, Commands, Host, Operation, Result, Scope, sh};

/// Create or destroy a file system of ZFS, or set its properties.
///
/// True and false are `on` and `off`.
///
/// ```rhai
/// zfs.filesystem("tank/srv", #{ mountpoint: "/srv", compression: "lz4" });
/// zfs.filesystem("tank/old", #{ present: false, recursive: true });
/// ```
#[derive(Debug, Args)]
#[args("zfs.filesystem")]
pub(crate) struct EnsureFilesystem {
    /// Name of the file system: `tank/srv`.
    fs_name: String,

    /// Whether it should exist.
    #[arg(default = true)]
    present: bool,

    /// Create the datasets above it too; or destroy those below it too.
    #[arg(default = false)]
    recursive: bool,

    #[arg(flatten)]
    properties: Properties,
}

impl Operation for EnsureFilesystem {
    fn plan(&self, host: &Host<'_>) -> Result<Commands> {
        let mut create = sh!("zfs create");
        create.flag("-p", self.recursive);
        Wanted {
            name: &self.fs_name,
            present: self.present,
            recursive: self.recursive,
            properties: self.properties.all(),
            create,
            kind: "filesystem",
        }
        .plan(host)
    }

    fn touches(&self) -> Vec<Scope> {
        vec![datasets()]
    }
}
