use crate::args::OneOrMany;
use crate::facts::apk::{ApkPackages, Outdated};
use crate::operations::packages::work::Work;
use crate::operations::packages::{Package, Wanted};
use crate::{Args, Commands, Host, Operation, Result, sh};

/// Install, upgrade or remove packages of Alpine Linux.
///
/// A package is given as `name` or `name=version`.
///
/// ```rhai
/// apk.packages(["nginx", "git"], #{ update: true });
/// apk.packages("curl", #{ latest: true });
/// apk.packages("vim", #{ present: false });
/// ```
#[derive(Debug, Args)]
#[args("apk.packages")]
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
        let packages = Package::list(self.packages.as_ref(), Some("="))?;
        let work = Work {
            wanted: Wanted {
                present: self.present,
                latest: self.latest,
                ..Wanted::installed(&packages)
            },
            update: self.update.then(super::update),
            upgrade_all: self.upgrade.then(|| super::upgrade(false)),
            remove_by_name: true,
            install: sh!("apk add"),
            upgrade: sh!("apk upgrade"),
            remove: sh!("apk del"),
            changed: Some(super::changed),
            ..Work::default()
        };
        work.plan(host, &ApkPackages {}, Some(&Outdated { available: false }))
    }
}
