//! Properties by name, of pools and of datasets.

use std::sync::Arc;

use indexmap::IndexMap;

use crate::fact::{split, unreadable};
use crate::{Args, Ask, Fact, Host, Result, Scope, Shell, sh};

/// The properties of each pool or dataset.
type Properties = IndexMap<String, IndexMap<String, String>>;

/// The datasets. Such a path is no file's: it does not begin with a slash.
pub(crate) fn datasets() -> Scope {
    Scope::path("zfs:/datasets")
}

/// `tank/home<TAB>compression<TAB>lz4<TAB>local`
fn properties<F: Args>(fact: &F, output: &str) -> Result<Properties> {
    let mut found = Properties::new();
    for line in output.lines().filter(|line| !line.is_empty()) {
        let [name, property, value, _source] =
            split(line, '\t').ok_or_else(|| unreadable(fact, line))?;
        let of = found.entry(name.to_owned()).or_default();
        of.insert(property.to_owned(), value.to_owned());
    }
    Ok(found)
}

/// The pools of ZFS by name, each with its properties. Also known as `zfs.pools`.
///
/// ```rhai
/// let pools = host.fact("zfs.zfs_pools");
/// for name in pools.keys() { host.log(`${name}: ${pools[name].health}`); }
/// ```
#[derive(Clone, Debug, Args)]
#[args("zfs.zfs_pools")]
pub struct ZfsPools {}

impl Fact for ZfsPools {
    type Output = Properties;

    fn command(&self) -> Shell {
        sh!("if test -e /dev/zfs; then zpool get -H all; fi")
    }

    fn parse(&self, output: &str) -> Result<Self::Output> {
        properties(self, output)
    }

    fn requires(&self) -> Option<&'static str> {
        Some("zpool")
    }
}

/// The datasets of ZFS by name (file systems, volumes and snapshots), each with its properties. Also
/// known as `zfs.datasets`.
///
/// ```rhai
/// let datasets = host.fact("zfs.zfs_datasets");
/// if "tank/home" in datasets { host.log(datasets["tank/home"].mountpoint); }
/// ```
#[derive(Clone, Debug, Args)]
#[args("zfs.zfs_datasets")]
pub struct ZfsDatasets {}

impl Fact for ZfsDatasets {
    type Output = Properties;

    /// Without its kernel module, ZFS has no device and no datasets.
    fn command(&self) -> Shell {
        sh!("if test -e /dev/zfs; then zfs get -H all; fi")
    }

    fn parse(&self, output: &str) -> Result<Self::Output> {
        properties(self, output)
    }

    fn requires(&self) -> Option<&'static str> {
        Some("zfs")
    }

    fn reads(&self) -> Vec<Scope> {
        vec![datasets(), Scope::PACKAGES, Scope::Topic("kernel")]
    }
}

macro_rules! of_type {
    ($(#[$doc:meta])* $fact:ident, $name:literal, $type:literal) => {
        $(#[$doc])*
        #[derive(Clone, Debug, Args)]
        #[args($name)]
        pub struct $fact {}

        impl Ask for $fact {
            type Output = Properties;

            fn find(&self, host: &Host<'_>) -> Result<Arc<Self::Output>> {
                let mut found = (*host.fact(&ZfsDatasets {})?).clone();
                found.retain(|_, of| of.get("type").is_some_and(|it| it == $type));
                Ok(Arc::new(found))
            }

            fn depends_on(&self) -> Vec<Scope> {
                ZfsDatasets {}.reads()
            }
        }
    };
}

of_type! {
    /// The file systems of ZFS by name, each with its properties. Also known as `zfs.filesystems`.
    ///
    /// ```rhai
    /// let found = host.fact("zfs.zfs_filesystems");
    /// for name in found.keys() { host.log(`${name}: ${found[name].used}`); }
    /// ```
    ZfsFilesystems, "zfs.zfs_filesystems", "filesystem"
}

of_type! {
    /// The snapshots of ZFS by name, each with its properties. Also known as `zfs.snapshots`.
    ///
    /// ```rhai
    /// if !("tank/home@old" in host.fact("zfs.zfs_snapshots")) { host.log("there is no old snapshot"); }
    /// ```
    ZfsSnapshots, "zfs.zfs_snapshots", "snapshot"
}

of_type! {
    /// The volumes of ZFS by name, each with its properties. Also known as `zfs.volumes`.
    ///
    /// ```rhai
    /// let found = host.fact("zfs.zfs_volumes");
    /// for name in found.keys() { host.log(`${name}: ${found[name].volsize}`); }
    /// ```
    ZfsVolumes, "zfs.zfs_volumes", "volume"
}
