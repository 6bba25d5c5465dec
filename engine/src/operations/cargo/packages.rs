use crate::args::OneOrMany;
use crate::facts::cargo::CargoPackages;
use crate::operations::packages::work::{NOT_KNOWN, Work};
use crate::operations::packages::{Package, Wanted};
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
        let packages = Package::list(self.packages.as_ref(), Some("@"))?;
        let work = Work {
            wanted: Wanted {
                present: self.present,
                latest: self.latest,
                ..Wanted::installed(&packages)
            },
            remove_by_name: true,
            install: sh!("cargo install"),

            remove: sh!("cargo uninstall"),
            changed: Some(super::changed),
            ..Work::default()
        };
        work.plan(host, &CargoPackages {}, NOT_KNOWN)
    }
}
