use crate::facts::yum::Outdated;
use crate::operations::rpm::packages::{Manager, RpmPackagesArgs};
use crate::{Args, Commands, Host, Operation, Result};

/// Install, upgrade or remove packages with yum.
///
/// A package is given as `name`, `name=version` or `name=version-release`. What an installed package provides counts
/// as there; with `present: false` that package goes.
///
/// ```rhai
/// yum.packages(["vim-enhanced", "git"]);
/// yum.packages("openssl", #{ latest: true });
/// yum.packages("httpd", #{ present: false });
/// ```
#[derive(Debug, Args)]
#[args("yum.packages")]
pub(crate) struct EnsurePackages {
    #[arg(flatten)]
    wanted: RpmPackagesArgs,
}

impl Operation for EnsurePackages {
    fn plan(&self, host: &Host<'_>) -> Result<Commands> {
        let yum = Manager { program: "yum", update: super::update(), any_provider: false };
        self.wanted.plan(host, &yum, &Outdated {})
    }
}
