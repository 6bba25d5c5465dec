use crate::facts::pkgin::PkginPackages;
use crate::operations::packages::arguments::{Named, Renewal};
use crate::operations::packages::work::{NOT_KNOWN, Work};
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
pub(crate) struct EnsurePackages {
    #[arg(flatten)]
    named: Named,

    #[arg(flatten)]
    first: Renewal,
}

impl Operation for EnsurePackages {
    fn plan(&self, host: &Host<'_>) -> Result<Commands> {
        let packages = self.named.list(None)?;
        let work = Work {
            wanted: self.named.wanted(&packages),
            update: self.first.update.then(super::update),
            upgrade_all: self.first.upgrade.then(super::upgrade),
            install: sh!("pkgin -y install"),
            remove: sh!("pkgin -y remove"),
            changed: Some(super::changed),
            ..Work::default()
        };
        work.plan(host, &PkginPackages {}, NOT_KNOWN)
    }
}
