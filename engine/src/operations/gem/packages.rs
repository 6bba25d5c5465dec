use crate::facts::gem::GemPackages;
use crate::operations::packages::arguments::Named;
use crate::operations::packages::work::{NOT_KNOWN, Work};
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
    #[arg(flatten)]
    named: Named,
}

impl Operation for EnsurePackages {
    fn plan(&self, host: &Host<'_>) -> Result<Commands> {
        let packages = self.named.list(Some(":"))?;
        let work = Work {
            wanted: self.named.wanted(&packages),
            install: sh!("gem install"),
            upgrade: sh!("gem update"),
            remove: sh!("gem uninstall --all --executables"),
            changed: Some(super::changed),
            ..Work::default()
        };
        work.plan(host, &GemPackages {}, NOT_KNOWN)
    }
}
