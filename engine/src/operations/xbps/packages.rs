use crate::args::OneOrMany;
use crate::facts::xbps::{Outdated, XbpsPackages};
use crate::operations::packages::arguments::Renewal;
use crate::operations::packages::work::Work;
use crate::operations::packages::{Package, Wanted};
use crate::{Args, Commands, Host, Operation, Result, sh};

/// Install or remove packages of Void Linux.
///
/// Packages are given by name.
///
/// ```rhai
/// xbps.packages(["vim", "git"], #{ update: true });
/// xbps.packages("nano", #{ present: false });
/// ```
#[derive(Debug, Args)]
#[args("xbps.packages")]
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
        let packages = Package::list(self.packages.as_ref(), None)?;
        let work = Work {
            wanted: Wanted { present: self.present, ..Wanted::installed(&packages) },
            update: self.first.update.then(super::update),
            upgrade_all: self.first.upgrade.then(super::upgrade),
            install: sh!("xbps-install -y -u"),
            remove: sh!("xbps-remove -y"),
            changed: Some(super::changed),
            ..Work::default()
        };
        work.plan(host, &XbpsPackages {}, Some(&Outdated {}))
    }
}
