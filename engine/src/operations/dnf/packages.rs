use crate::facts::dnf::Outdated;
use crate::operations::rpm::packages::{Manager, RpmPackagesArgs};
use crate::{Args, Commands, Host, Operation, Result};

/// Install, upgrade or remove packages with dnf.
///
/// A package is given as `name`, `name=version` or `name=version-release`. What an installed package provides counts
/// as there; with `present: false` that package goes.
///
/// ```rhai
/// dnf.packages(["vim-enhanced", "git"]);
/// dnf.packages("openssl", #{ latest: true });
/// dnf.packages("httpd", #{ present: false });
/// ```
#[derive(Debug, Args)]
#[args("dnf.packages")]
pub(crate) struct EnsurePackages {
    #[arg(flatten)]
    wanted: RpmPackagesArgs,
}

impl Operation for EnsurePackages {
    fn plan(&self, host: &Host<'_>) -> Result<Commands> {
        let dnf = Manager { program: "dnf", update: super::update(), any_provider: true };
        self.wanted.plan(host, &dnf, &Outdated {})
    }
}
