use crate::args::OneOrMany;
use crate::facts::rpm::RpmPackages;
use crate::facts::yum::Outdated;
use crate::operations::packages::work::Work;
use crate::operations::packages::{Package, Wanted, extra, same_release};
use crate::operations::rpm;
use crate::{Args, Commands, Host, Operation, Result, Shell, sh};

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

    /// Empty yum's caches first, if anything is to be installed or upgraded, or no package is named.
    #[arg(default = false)]
    clean: bool,

    /// Take older versions where the newest cannot be installed.
    #[arg(default = false)]
    nobest: bool,

    /// More arguments for `yum install`.
    extra_install_args: Option<String>,

    /// More arguments for `yum remove`.
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
            clean: self.clean.then(|| sh!("yum clean all")),
            upgrade_all: self.update.then(super::update),
            install: sh!("yum install -y {flags} {install}"),
            upgrade: super::update(),
            remove: sh!("yum remove -y {remove}"),
            remove_by_name: true,
            members: Some(&|package: &Package| rpm::providers(host, package, false)),
            changed: Some(rpm::changed),
            ..Work::default()
        };
        work.plan(host, &RpmPackages {}, Some(&Outdated {}))
    }
}
