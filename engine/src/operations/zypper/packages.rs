use crate::facts::rpm::RpmPackages;
use crate::facts::zypper::Outdated;
use crate::operations::packages::arguments::Named;
use crate::operations::packages::work::Work;
use crate::operations::packages::{Package, extra};
use crate::operations::rpm;
use crate::{Args, Commands, Host, Operation, Result, sh};

/// Install, upgrade or remove packages with zypper.
///
/// A package is given as `name`, `name=version` or `name=version-release`. What an installed package provides counts
/// as there; with `present: false` that package goes.
///
/// ```rhai
/// zypper.packages(["vim", "git"]);
/// zypper.packages("openssl", #{ latest: true });
/// ```
#[derive(Debug, Args)]
#[args("zypper.packages")]
pub(crate) struct EnsurePackages {
    #[arg(flatten)]
    named: Named,

    /// Upgrade all packages first.
    #[arg(default = false)]
    update: bool,

    /// Empty zypper's caches first, if anything is to be installed or upgraded, or no package is named.
    #[arg(default = false)]
    clean: bool,

    /// More arguments that stand before `install`.
    extra_global_install_args: Option<String>,

    /// More arguments that stand behind `install`.
    extra_install_args: Option<String>,

    /// More arguments that stand before `remove`.
    extra_global_uninstall_args: Option<String>,

    /// More arguments that stand behind `remove`.
    extra_uninstall_args: Option<String>,
}

impl Operation for EnsurePackages {
    fn plan(&self, host: &Host<'_>) -> Result<Commands> {
        let packages = self.named.list(Some("="))?;
        rpm::want(host, &packages);
        let global = extra(self.extra_global_install_args.as_ref());
        let more = extra(self.extra_install_args.as_ref());
        let install =
            sh!("zypper {global} --non-interactive --gpg-auto-import-keys install -y {more}");
        let global = extra(self.extra_global_uninstall_args.as_ref());
        let more = extra(self.extra_uninstall_args.as_ref());
        let remove = sh!("zypper {global} --non-interactive remove -y {more}");
        let members = |package: &Package| rpm::providers(host, package, true);
        let work = Work {
            clean: self.clean.then(|| sh!("zypper --non-interactive clean --all")),
            upgrade_all: self.update.then(super::update),
            install,
            upgrade: super::update(),
            remove,
            changed: Some(super::changed),
            ..rpm::work(self.named.wanted(&packages), &members)
        };
        work.plan(host, &RpmPackages {}, Some(&Outdated {}))
    }
}
