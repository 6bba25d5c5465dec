use crate::args::OneOrMany;
use crate::facts::opkg::OpkgPackages;
use crate::operations::packages::work::{NOT_KNOWN, Work};
use crate::operations::packages::{Package, Wanted};
use crate::{Args, Commands, Error, Host, Operation, Result, sh};

/// Install, upgrade or remove packages of `OpenWrt` with opkg.
///
/// Packages are given by name: opkg installs the version that its lists have. There is no operation that
/// upgrades all packages, since `OpenWrt` advises against that.
///
/// ```rhai
/// opkg.packages(["luci", "curl"]);
/// opkg.packages("curl", #{ latest: true });
/// ```
#[derive(Debug, Args)]
#[args("opkg.packages")]
pub(crate) struct EnsurePackages {
    /// The packages.
    #[arg(default = OneOrMany(Vec::new()))]
    packages: OneOrMany<String>,

    /// Whether they should be installed.
    #[arg(default = true)]
    present: bool,

    /// Whether they should be the newest.
    #[arg(default = false)]
    latest: bool,

    /// Renew the lists of packages first, if anything is to be installed or upgraded.
    #[arg(default = true)]
    update: bool,
}

impl Operation for EnsurePackages {
    fn plan(&self, host: &Host<'_>) -> Result<Commands> {
        let names: Vec<String> =
            self.packages.iter().filter(|it| !it.trim().is_empty()).cloned().collect();
        if names.is_empty() {
            return Ok(Commands::none("no package is named"));
        }
        if let Some(pinned) = names.iter().find(|it| it.contains('=')) {
            return Err(Error::usage(format!("opkg cannot install a version: `{pinned}`"))
                .hint("give the name alone")
                .argument("packages"));
        }
        let packages = Package::read_all(&names, None)?;
        let work = Work {
            wanted: Wanted {
                present: self.present,
                latest: self.latest,
                ..Wanted::installed(&packages)
            },
            update: self.update.then(super::update),
            install: sh!("opkg install"),
            upgrade: sh!("opkg upgrade"),
            remove: sh!("opkg remove"),
            changed: Some(super::changed),
            ..Work::default()
        };
        work.plan(host, &OpkgPackages {}, NOT_KNOWN)
    }
}
