use crate::args::OneOrMany;
use crate::facts::pacman::{Outdated, PacmanPackages};
use crate::operations::packages::arguments::Renewal;
use crate::operations::packages::work::Work;
use crate::operations::packages::{Package, Wanted};
use crate::{Args, Commands, Host, Operation, Result, sh};

/// Install or remove packages of Arch Linux.
///
/// A package is given as `name`, `name=version`, or the name of a group or a virtual package: a group is there if
/// all of its packages are. With `present: false`, those of its packages go that are there.
///
/// ```rhai
/// pacman.packages(["vim", "git"], #{ update: true });
/// pacman.packages("xorg-fonts", #{ present: false });
/// ```
#[derive(Debug, Args)]
#[args("pacman.packages")]
pub(crate) struct EnsurePackages {
    /// The packages.
    packages: Option<OneOrMany<String>>,

    /// Whether they should be installed.
    #[arg(default = true)]
    present: bool,

    #[arg(flatten)]
    first: Renewal,
}

impl Operation for EnsurePackages {
    fn plan(&self, host: &Host<'_>) -> Result<Commands> {
        let packages = Package::list(self.packages.as_ref(), Some("="))?;
        for package in &packages {
            host.want(&super::unpacked(package));
        }
        let work = Work {
            wanted: Wanted { present: self.present, ..Wanted::installed(&packages) },
            update: self.first.update.then(super::update),
            upgrade_all: self.first.upgrade.then(super::upgrade),
            remove_by_name: true,
            members: Some(&|package: &Package| super::group(host, package)),
            install: sh!("pacman --noconfirm -S --needed"),
            remove: sh!("pacman --noconfirm -R"),
            changed: Some(super::changed),
            ..Work::default()
        };
        work.plan(host, &PacmanPackages {}, Some(&Outdated {}))
    }
}
