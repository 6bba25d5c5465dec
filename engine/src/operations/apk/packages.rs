use crate::facts::apk::{ApkPackages, Outdated};
use crate::operations::packages::arguments::{Named, Renewal};
use crate::operations::packages::work::Work;
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
pub(crate) struct EnsurePackages {
    #[arg(flatten)]
    named: Named,

    #[arg(flatten)]
    first: Renewal,
}

impl Operation for EnsurePackages {
    fn plan(&self, host: &Host<'_>) -> Result<Commands> {
        let packages = self.named.list(Some("="))?;
        let work = Work {
            wanted: self.named.wanted(&packages),
            update: self.first.update.then(super::update),
            upgrade_all: self.first.upgrade.then(|| super::upgrade(false)),
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
