use crate::args::OneOrMany;
use crate::facts::brew::{BrewPackages, Outdated};
use crate::operations::packages::work::Work;
use crate::operations::packages::{Package, Wanted};
use crate::{Args, Commands, Host, Operation, Result, sh};

/// Install, upgrade or remove formulae of Homebrew.
///
/// A formula is given by its name, with the version where that is a part of it: `python@3.13`.
///
/// ```rhai
/// brew.packages(["wget", "python@3.13"], #{ update: true });
/// brew.packages("wget", #{ latest: true });
/// ```
#[derive(Debug, Args)]
#[args("brew.packages")]
#[expect(clippy::struct_excessive_bools, reason = "they are the arguments of a command")]
pub(crate) struct EnsurePackages {
    /// The formulae.
    packages: Option<OneOrMany<String>>,

    /// Whether they should be installed.
    #[arg(default = true)]
    present: bool,

    /// Whether those without a version should be the newest.
    #[arg(default = false)]
    latest: bool,

    /// Update Homebrew first, if anything is to be installed or upgraded, or no formula is named.
    #[arg(default = false)]
    update: bool,

    /// Upgrade everything first.
    #[arg(default = false)]
    upgrade: bool,
}

impl Operation for EnsurePackages {
    fn plan(&self, host: &Host<'_>) -> Result<Commands> {
        let packages = Package::list(self.packages.as_ref(), Some("@"))?;
        let packages = super::read(host, packages, &BrewPackages {})?;
        let work = Work {
            wanted: Wanted {
                present: self.present,
                latest: self.latest,
                ..Wanted::installed(&packages)
            },
            update: self.update.then(super::update),
            upgrade_all: self.upgrade.then(super::upgrade),
            install: sh!("brew install"),
            upgrade: sh!("brew upgrade"),
            remove: sh!("brew uninstall"),
            changed: Some(super::changed),
            ..Work::default()
        };
        work.plan(host, &BrewPackages {}, Some(&Outdated {}))
    }
}
