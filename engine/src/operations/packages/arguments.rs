//! Arguments that the operations of most package managers share, so that they read and mean the same.

use super::{Package, Wanted};
use crate::Result;
use crate::args::{Args, OneOrMany};

/// Packages by name, and what is wanted of them.
#[derive(Debug, Args)]
#[args("packages")]
pub(crate) struct Named {
    /// The packages.
    packages: Option<OneOrMany<String>>,

    /// Whether they should be installed.
    #[arg(default = true)]
    pub(crate) present: bool,

    /// Whether packages without a version should be the newest.
    #[arg(default = false)]
    pub(crate) latest: bool,
}

impl Named {
    /// The packages as they are written; none where none is named.
    pub(crate) fn specs(&self) -> &[String] {
        self.packages.as_deref().unwrap_or_default()
    }

    /// The packages; `join` is what stands between a name and a version.
    pub(crate) fn list(&self, join: Option<&str>) -> Result<Vec<Package>> {
        Package::read_all(self.specs(), join)
    }

    /// What is wanted of `packages`, which are those that are named.
    pub(crate) fn wanted<'a>(&self, packages: &'a [Package]) -> Wanted<'a> {
        Wanted { present: self.present, latest: self.latest, ..Wanted::installed(packages) }
    }
}

/// What is renewed before packages are looked at.
#[derive(Debug, Args)]
#[args("packages")]
pub(crate) struct Renewal {
    /// Renew the index first, if anything is to be installed or upgraded, or no package is named.
    #[arg(default = false)]
    pub(crate) update: bool,

    /// Upgrade all packages first.
    #[arg(default = false)]
    pub(crate) upgrade: bool,
}
