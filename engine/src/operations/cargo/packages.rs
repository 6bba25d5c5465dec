use crate::facts::cargo::CargoPackages;
use crate::operations::packages::arguments::Named;
use crate::operations::packages::work::{NOT_KNOWN, Work};
use crate::{Args, Commands, Host, Operation, Result, sh};

/// Install, upgrade or remove programs with cargo, from crates of Rust.
///
/// A crate is given as `name` or `name@version`. With `latest`, cargo looks for a newer version every time; that counts as
/// changed only if it installs one.
///
/// ```rhai
/// cargo.packages(["ripgrep", "just@1.36.0"]);
/// cargo.packages("ripgrep", #{ latest: true });
/// ```
#[derive(Debug, Args)]
#[args("cargo.packages")]
pub(crate) struct EnsurePackages {
    #[arg(flatten)]
    named: Named,
}

impl Operation for EnsurePackages {
    fn plan(&self, host: &Host<'_>) -> Result<Commands> {
        let packages = self.named.list(Some("@"))?;
        let work = Work {
            wanted: self.named.wanted(&packages),
            remove_by_name: true,
            install: sh!("cargo install"),
            remove: sh!("cargo uninstall"),
            changed: Some(super::changed),
            ..Work::default()
        };
        work.plan(host, &CargoPackages {}, NOT_KNOWN)
    }
}
