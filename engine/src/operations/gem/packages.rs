use crate::args::OneOrMany;
use crate::facts::gem::GemPackages;
use crate::operations::packages::work::{NOT_KNOWN, Work};
use crate::operations::packages::{Package, Wanted};
use crate::{Args, Commands, Host, Operation, Result, sh};

/// Install, upgrade or remove packages of Ruby with gem.
///
/// A package is given as `name` or `name:version`. Several versions of one can be there: a version that is named is added to
/// others, and removed alone; without one, all go. With `latest`, gem looks for a newer version every time; that counts
/// as changed only if it installs one.
///
/// ```rhai
/// gem.packages(["rake", "bundler:2.4.22"]);
/// gem.packages("rake", #{ present: false });
/// ```
#[derive(Debug, Args)]
#[args("gem.packages")]
pub(crate) struct EnsurePackages {
    /// The packages.
    packages: Option<OneOrMany<String>>,

    /// Whether they should be installed.
    #[arg(default = true)]
    present: bool,

    /// Whether packages without a version should be the newest.
    #[arg(default = false)]
    latest: bool,
}

impl Operation for EnsurePackages {
    fn plan(&self, host: &Host<'_>) -> Result<Commands> {
        let packages = Package::list(self.packages.as_ref(), Some(":"))?;
        let work = Work {
            wanted: Wanted {
                present: self.present,
                latest: self.latest,
                ..Wanted::installed(&packages)
            },
            install: sh!("gem install"),
            upgrade: sh!("gem update"),
            remove: sh!("gem uninstall --all --executables"),
            changed: Some(super::changed),
            ..Work::default()
        };
        work.plan(host, &GemPackages {}, NOT_KNOWN)
    }
}
