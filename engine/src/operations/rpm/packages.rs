//! What dnf and yum do about packages: their arguments, and what they are told.

use super::{changed, providers, want, with_hyphens, work};
use crate::facts::outdated::Outdated;
use crate::facts::rpm::RpmPackages;
use crate::operations::packages::arguments::Named;
use crate::operations::packages::work::Work;
use crate::operations::packages::{Package, extra};
use crate::{Args, Commands, Fact, Host, Result, Shell, sh};

/// The arguments of `dnf.packages` and `yum.packages`.
#[derive(Debug, Args)]
#[args("packages")]
pub(crate) struct RpmPackagesArgs {
    #[arg(flatten)]
    named: Named,

    /// Upgrade all packages first.
    #[arg(default = false)]
    update: bool,

    /// Empty the package manager's caches first, if anything is to be installed or upgraded, or no package is named.
    #[arg(default = false)]
    clean: bool,

    /// Take older versions where the newest cannot be installed.
    #[arg(default = false)]
    nobest: bool,

    /// More arguments that stand behind `install`.
    extra_install_args: Option<String>,

    /// More arguments that stand behind `remove`.
    extra_uninstall_args: Option<String>,
}

/// In what dnf and yum differ.
pub(crate) struct Manager {
    /// The program.
    pub(crate) program: &'static str,
    /// Upgrades all packages, or those that follow.
    pub(crate) update: Shell,
    /// Whether one of several packages that provide what is asked for is enough.
    pub(crate) any_provider: bool,
}

impl RpmPackagesArgs {
    /// What must be done with this manager; `outdated` is its fact about what can be upgraded.
    pub(crate) fn plan<O: Fact<Output = Outdated>>(
        &self,
        host: &Host<'_>,
        manager: &Manager,
        outdated: &O,
    ) -> Result<Commands> {
        let packages = with_hyphens(self.named.list(Some("="))?);
        want(host, &packages);
        let Manager { program, update, any_provider } = manager;
        let mut flags = Shell::new();
        flags.flag("--nobest", self.nobest);
        let install = extra(self.extra_install_args.as_ref());
        let remove = extra(self.extra_uninstall_args.as_ref());
        let members = |package: &Package| providers(host, package, *any_provider);
        let work = Work {
            clean: self.clean.then(|| sh!("{program} clean all")),
            upgrade_all: self.update.then(|| update.clone()),
            install: sh!("{program} install -y {flags} {install}"),
            upgrade: update.clone(),
            remove: sh!("{program} remove -y {remove}"),
            changed: Some(changed),
            ..work(self.named.wanted(&packages), &members)
        };
        work.plan(host, &RpmPackages {}, Some(outdated))
    }
}
