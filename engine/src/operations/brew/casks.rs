use crate::args::OneOrMany;
use crate::facts::brew::{BrewCasks, BrewVersion, Outdated};
use crate::operations::packages::work::Work;
use crate::operations::packages::{Package, Wanted};
use crate::{Args, Commands, Host, Operation, Result};

/// Install, upgrade or remove casks of Homebrew.
///
/// A cask is given by its name, with the version where that is a part of it: `temurin@17`.
///
/// ```rhai
/// brew.casks(["firefox", "godot"], #{ latest: true });
/// ```
#[derive(Debug, Args)]
#[args("brew.casks")]
pub(crate) struct EnsureCasks {
    /// The casks.
    casks: Option<OneOrMany<String>>,

    /// Whether they should be installed.
    #[arg(default = true)]
    present: bool,

    /// Whether those without a version should be the newest.
    #[arg(default = false)]
    latest: bool,

    /// Upgrade all casks first.
    #[arg(default = false)]
    upgrade: bool,
}

impl Operation for EnsureCasks {
    fn plan(&self, host: &Host<'_>) -> Result<Commands> {
        host.want(&BrewVersion {});
        let packages = Package::list(self.casks.as_ref(), Some("@"))?;
        let packages = super::read(host, packages, &BrewCasks {})?;
        let upgrade = super::cask(host, "upgrade")?;
        let work = Work {
            wanted: Wanted {
                present: self.present,
                latest: self.latest,
                ..Wanted::installed(&packages)
            },
            upgrade_all: self.upgrade.then(|| upgrade.clone()),
            install: super::cask(host, "install")?,
            remove: super::cask(host, "uninstall")?,
            upgrade,
            changed: Some(super::changed),
            ..Work::default()
        };
        work.plan(host, &BrewCasks {}, Some(&Outdated {}))
    }
}
