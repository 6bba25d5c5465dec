use crate::args::OneOrMany;
use crate::facts::dnf::Outdated;
use crate::facts::rpm::RpmPackages;
use crate::operations::packages::work::Work;
use crate::operations::packages::{Package, Wanted, extra, same_release};
use crate::operations::rpm;
use crate::{Args, Commands, Host, Operation, Result, Shell, sh};

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

    /// Upgrade all packages first.
    #[arg(default = false)]
    update: bool,

    /// Empty dnf's caches first, if anything is to be installed or upgraded, or no package is named.
    #[arg(default = false)]
    clean: bool,

    /// Take older versions where the newest cannot be installed.
    #[arg(default = false)]
    nobest: bool,

    /// More arguments for `dnf install`.
    extra_install_args: Option<String>,

    /// More arguments for `dnf remove`.
    extra_uninstall_args: Option<String>,
}

impl Operation for EnsurePackages {
    fn plan(&self, host: &Host<'_>) -> Result<Commands> {
        let packages = Package::list(self.packages.as_ref(), Some("="))?;
        let packages = rpm::with_hyphens(packages);
        rpm::want(host, &packages);
        let mut flags = Shell::new();
        flags.flag("--nobest", self.nobest);
        let install = extra(self.extra_install_args.as_ref());
        let remove = extra(self.extra_uninstall_args.as_ref());
        let work = Work {
            wanted: Wanted {
                present: self.present,
                latest: self.latest,
                fits: same_release,
                ..Wanted::installed(&packages)
            },
            clean: self.clean.then(|| sh!("dnf clean all")),
            upgrade_all: self.update.then(super::update),
            install: sh!("dnf install -y {flags} {install}"),
            upgrade: super::update(),
            remove: sh!("dnf remove -y {remove}"),
            remove_by_name: true,
            members: Some(&|package: &Package| rpm::providers(host, package, true)),
            changed: Some(rpm::changed),
            ..Work::default()
        };
        work.plan(host, &RpmPackages {}, Some(&Outdated {}))
    }
}
