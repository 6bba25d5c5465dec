use super::{apt_get, changed_packages, index, upgrade};
use crate::facts::apt::SimulateOperationWillChange;
use crate::facts::deb::DebPackages;
use crate::facts::installed::Installed;
use crate::operations::packages::arguments::Named;
use crate::operations::packages::{Decision, Package, Wanted, ensure_packages, extra};
use crate::{Args, Commands, Host, Operation, Result, Shell, sh};

/// Install, upgrade or remove packages with apt.
///
/// A package is given as `name`, `name=version` (`*` stands for anything) or `name:architecture`; one
/// that another package provides counts as installed. Packages on hold stay as they are.
///
/// With `update`, the index is renewed only if a package has to be installed or upgraded, or if none
/// is named; with `cache_time` only if it is also older than that.
///
/// ```rhai
/// apt.packages(["nginx", "git"], #{ update: true, cache_time: 3600 });
/// apt.packages("openssl", #{ latest: true });
/// apt.packages("apache2", #{ present: false, purge: true });
/// ```
#[derive(Debug, Args)]
#[args("apt.packages")]
#[expect(clippy::struct_excessive_bools, reason = "they are the arguments of a command")]
pub(crate) struct EnsurePackages {
    #[arg(flatten)]
    named: Named,

    /// Renew the index first.
    #[arg(default = false)]
    update: bool,

    /// Seconds for which the index is good, with `update`.
    cache_time: Option<i64>,

    /// Upgrade all packages first.
    #[arg(default = false)]
    upgrade: bool,

    /// Also downgrade, change packages on hold, remove essential ones, and install unsigned ones.
    #[arg(default = false)]
    force: bool,

    /// Leave out packages that are only recommended.
    #[arg(default = false)]
    no_recommends: bool,

    /// Allow an older version than the one that is there.
    #[arg(default = false)]
    allow_downgrades: bool,

    /// Remove configuration files too, with `present: false`.
    #[arg(default = false)]
    purge: bool,

    /// More arguments for `apt-get install`.
    extra_install_args: Option<String>,

    /// More arguments for `apt-get remove`.
    extra_uninstall_args: Option<String>,
}

impl Operation for EnsurePackages {
    fn plan(&self, host: &Host<'_>) -> Result<Commands> {
        let packages = self.named.list(Some("="))?;
        self.want(host, &packages);
        let installed = if packages.is_empty() { None } else { Some(host.fact(&DebPackages {})?) };
        let mut decision = match &installed {
            Some(installed) => self.decide(&packages, installed)?,
            None => Decision::default(),
        };

        let wants_index = packages.is_empty()
            || self.upgrade
            || !decision.install.is_empty()
            || !decision.upgrade.is_empty();
        let renew = self.update && wants_index && index::is_stale(host, self.cache_time)?;
        let mut todo = Commands::default();
        if renew {
            index::renew(&mut todo);
        }
        if self.upgrade && renew {
            todo.run(upgrade::line("upgrade", false));
        } else if self.upgrade {
            todo.extend(upgrade::upgrade(host, "upgrade", false)?);
        }
        if !renew && decision.install.is_empty() && self.is_newest(host, &decision.upgrade)? {
            decision.upgrade.clear();
            decision.notes.push("the newest version is installed".to_owned());
        }

        if let Some(installed) = &installed {
            self.run(&mut todo, &decision);
            let after = decision.record(&mut todo, installed);
            if !decision.is_empty() {
                todo.then(&DebPackages {}, after);
            }
        }
        if todo.is_empty() {
            return Ok(Commands::none(decision.note()));
        }
        let only_index = decision.is_empty() && !self.upgrade;
        todo.changed = Some(if only_index { index::fetched } else { changed_packages });
        Ok(todo)
    }
}

impl EnsurePackages {
    /// Asks for everything that may be needed, so that it comes in one exchange.
    fn want(&self, host: &Host<'_>, packages: &[Package]) {
        if !packages.is_empty() {
            host.want(&DebPackages {});
        }
        if self.update {
            index::want(host, self.cache_time);
        }
        if self.upgrade {
            host.want(&upgrade::simulation("upgrade", false));
        }
        let unpinned: Vec<Package> =
            packages.iter().filter(|it| it.version.is_none()).cloned().collect();
        if self.named.latest && self.named.present && !unpinned.is_empty() {
            host.want(&self.simulation(&unpinned));
        }
    }

    fn decide(&self, packages: &[Package], installed: &Installed) -> Result<Decision> {
        let wanted = Wanted { change_held: self.force, ..self.named.wanted(packages) };
        let mut decision = ensure_packages(&wanted, installed)?;
        if !self.named.present && self.purge {
            let remains = packages.iter().filter(|it| installed.remains(&it.name));
            decision.remove.extend(remains.cloned());
        }
        Ok(decision)
    }

    /// Whether packages that are there are the newest already.
    fn is_newest(&self, host: &Host<'_>, packages: &[Package]) -> Result<bool> {
        if packages.is_empty() {
            return Ok(false);
        }
        let simulated = host.fact(&self.simulation(packages))?;
        Ok(simulated.as_ref().as_ref().is_some_and(|it| !it.changes()))
    }

    fn simulation(&self, packages: &[Package]) -> SimulateOperationWillChange {
        let mut words = vec!["install", "--only-upgrade"];
        words.extend(self.no_recommends.then_some("--no-install-recommends"));
        words.extend(Decision::specs(packages));
        SimulateOperationWillChange { command: words.join(" ") }
    }

    fn run(&self, todo: &mut Commands, decision: &Decision) {
        let apt_get = apt_get(self.force);
        let mut flags = Shell::new();
        flags.flag("--no-install-recommends", self.no_recommends);
        flags.flag("--allow-downgrades", self.allow_downgrades && !self.force);
        if !decision.install.is_empty() {
            let extra = extra(self.extra_install_args.as_ref());
            let names = Decision::specs(&decision.install);
            todo.run(sh!("{apt_get} install {flags} {extra} {names}"));
        }
        if !decision.upgrade.is_empty() {
            let names = Decision::specs(&decision.upgrade);
            todo.run(sh!("{apt_get} install --only-upgrade {flags} {names}"));
        }
        if !decision.remove.is_empty() {
            let extra = extra(self.extra_uninstall_args.as_ref());
            let verb = Shell::raw(if self.purge { "purge" } else { "remove" });
            // A version says which one to remove; apt-get takes the name alone.
            let names: Vec<&str> = decision.remove.iter().map(|it| it.name.as_str()).collect();
            todo.run(sh!("{apt_get} {verb} {extra} {names}"));
        }
    }
}
