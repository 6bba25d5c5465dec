use crate::args::OneOrMany;
use crate::facts::pkgin::PkginPackages;
use crate::operations::packages::work::{NOT_KNOWN, Work};
use crate::operations::packages::{Package, Wanted};
use crate::{Args, Commands, Host, Operation, Result, sh};

/// Install, upgrade or remove packages with pkgin.
///
/// Packages are given by name.
///
/// ```rhai
/// pkgin.packages(["tmux", "git"], #{ update: true });
/// pkgin.packages("vim", #{ latest: true });
/// ```
#[derive(Debug, Args)]
#[args("pkgin.packages")]
#[expect(clippy::struct_excessive_bools, reason = "they are the arguments of a command")]
pub(crate) struct EnsurePackages {
    /// The packages.
    packages: Option<OneOrMany<String>>,

    /// Whether they should be installed.
    #[arg(default = true)]
    present: bool,

    /// Whether packages without a version should be the newest.
    #[arg(default = false)]
    latest: bool,

    /// Renew the index first, if anything is to be installed or upgraded, or no package is named.
    #[arg(default = false)]
    update: bool,

    /// Upgrade all packages first.
    #[arg(default = false)]
    upgrade: bool,
}

impl Operation for EnsurePackages {
    fn plan(&self, host: &Host<'_>) -> Result<Commands> {
        let packages = Package::list(self.packages.as_ref(), None)?;
        let work = Work {
            wanted: Wanted {
                present: self.present,
                latest: self.latest,
                ..Wanted::installed(&packages)
            },
            update: self.update.then(super::update),
            upgrade_all: self.upgrade.then(super::upgrade),
            install: sh!("pkgin -y install"),

            remove: sh!("pkgin -y remove"),
            changed: Some(super::changed),
            ..Work::default()
        };
        work.plan(host, &PkginPackages {}, NOT_KNOWN)
    }
}
