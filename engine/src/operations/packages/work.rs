//! From what is wanted of packages to what a package manager is told.

use std::collections::BTreeSet;

use super::{Decision, Package, Wanted, ensure_packages, index};
use crate::command::Output;
use crate::facts::installed::Installed;
use crate::facts::outdated::Outdated;
use crate::{Commands, Fact, Host, Result, Shell, sh};

/// How to know from its output whether a package manager changed any package.
pub(crate) type Changed = fn(&[Output]) -> bool;

/// What is wanted, and the lines that a package manager is told. Packages are put behind those that install,
/// upgrade and remove.
#[derive(Default)]
pub(crate) struct Work<'a> {
    /// The packages and what is wanted of them.
    pub wanted: Wanted<'a>,
    /// Empties the caches first, if anything is to be done.
    pub clean: Option<Shell>,
    /// Renews the index first, if anything is to be installed or upgraded.
    pub update: Option<Shell>,
    /// Upgrades all packages first.
    pub upgrade_all: Option<Shell>,
    /// Installs.
    pub install: Shell,
    /// Upgrades; what installs, where it is empty.
    pub upgrade: Shell,
    /// Removes.
    pub remove: Shell,
    /// Whether each package needs a line of its own.
    pub one_by_one: bool,
    /// Whether packages are removed by name, without the version that was asked for.
    pub remove_by_name: bool,
    /// Whether packages that may have been the newest already were upgraded.
    pub changed: Option<Changed>,
    /// What else a name may stand for, where no package of that name is installed.
    pub members: Option<&'a Members<'a>>,
}

/// Finds the packages that a name stands for: members of a group, what provides a capability.
pub(crate) type Members<'a> = dyn Fn(&Package) -> Result<Group> + 'a;

/// What a name stands for.
#[derive(Clone, Debug, Default)]
pub(crate) struct Group {
    /// Packages, each with its version where that matters.
    pub members: Vec<(String, Option<String>)>,
    /// Whether one of them is enough.
    pub any: bool,
}

impl Group {
    /// The packages, each once; of one, several versions may be told.
    fn names(&self) -> impl Iterator<Item = &str> {
        let names: BTreeSet<&str> = self.members.iter().map(|(name, _)| name.as_str()).collect();
        names.into_iter()
    }

    /// Whether one of its packages is installed, in a version that is told. What an earlier operation installs may
    /// have none yet.
    fn has(&self, name: &str, known: &Installed) -> bool {
        let Some(versions) = known.versions(name) else { return false };
        let mut told = self.members.iter().filter(|(it, _)| it == name).map(|(_, version)| version);
        versions.is_empty()
            || told.any(|it| it.as_ref().is_none_or(|version| versions.contains(version)))
    }
}

/// No fact tells what is outdated: upgrades run every time.
pub(crate) const NOT_KNOWN: Option<&crate::facts::pacman::Outdated> = None;

/// A list of packages that is never asked for, since no package is named.
const NO_LIST: &crate::facts::pacman::PacmanPackages = &crate::facts::pacman::PacmanPackages {};

impl Work<'_> {
    /// Upgrading all packages.
    pub(crate) fn upgrade_all(line: Shell, changed: Changed) -> Self {
        Self { upgrade_all: Some(line), changed: Some(changed), ..Self::default() }
    }

    /// What must be done where no package is named.
    pub(crate) fn plan_all<O>(&self, host: &Host<'_>, outdated: Option<&O>) -> Result<Commands>
    where
        O: Fact<Output = Outdated>,
    {
        self.plan(host, NO_LIST, outdated)
    }

    /// What must be done, given the fact about installed packages and, where there is one, that about
    /// outdated packages.
    pub(crate) fn plan<I, O>(
        &self,
        host: &Host<'_>,
        installed: &I,
        outdated: Option<&O>,
    ) -> Result<Commands>
    where
        I: Fact<Output = Installed>,
        O: Fact<Output = Outdated>,
    {
        let is_named = !self.wanted.packages.is_empty();
        // What is outdated by the index that is there says nothing about the one to come.
        let outdated = outdated.filter(|_| self.clean.is_none() && self.update.is_none());
        if is_named {
            host.want(installed);
        }
        if let Some(outdated) = outdated.filter(|_| self.may_upgrade()) {
            host.want(outdated);
        }
        let mut known =
            if is_named { (*host.fact(installed)?).clone() } else { Installed::default() };
        let packages = self.resolve(&mut known)?;
        let wanted = Wanted { packages: &packages, ..self.wanted };
        let mut decision = ensure_packages(&wanted, &known)?;
        let upgrades = self.upgrade_all.is_some() || !decision.upgrade.is_empty();
        let outdated = match outdated.filter(|_| upgrades) {
            Some(outdated) => (*host.fact(outdated)?).clone(),
            None => None,
        };
        if let Some(outdated) = &outdated {
            decision.keep_outdated(|name| outdated.contains_key(name));
        }
        let mut todo = Commands::default();
        self.prepare(&mut todo, &decision, &outdated);
        let only_index = todo.changed.is_some();
        self.run(&mut todo, &decision);
        if is_named && !decision.is_empty() {
            let after = decision.record(&mut todo, &known);
            todo.then(installed, after);
        }
        if todo.is_empty() {
            let note = decision.note();
            let note = if note.is_empty() { "there is nothing to do".to_owned() } else { note };
            return Ok(Commands::none(note));
        }
        if !only_index && decision.install.is_empty() && decision.remove.is_empty() {
            todo.changed = self.changed;
        }
        Ok(todo)
    }

    /// Whether packages may have to be upgraded.
    fn may_upgrade(&self) -> bool {
        let is_loose = |it: &Package| it.version.is_none();
        self.upgrade_all.is_some()
            || (self.wanted.latest
                && self.wanted.present
                && self.wanted.packages.iter().any(is_loose))
    }

    /// The packages that were asked for; of those to be removed, names that stand for others are replaced.
    fn resolve(&self, known: &mut Installed) -> Result<Vec<Package>> {
        let mut packages = Vec::new();
        for package in self.wanted.packages {
            let group = match self.members {
                Some(members) if known.versions(&package.name).is_none() => members(package)?,
                _ => Group::default(),
            };
            let here: Vec<String> =
                group.names().filter(|name| group.has(name, known)).map(str::to_owned).collect();
            let is_whole = group.any || here.len() == group.names().count();
            if here.is_empty() || (self.wanted.present && !is_whole) {
                packages.push(package.clone());
            } else if self.wanted.present {
                for name in here {
                    let versions = known.versions(&name).unwrap_or_default().to_vec();
                    known.offer(&package.name, name, versions.first().map(String::as_str));
                }
                packages.push(package.clone());
            } else {
                let named = |name: String| Package { spec: name.clone(), name, version: None };
                packages.extend(here.into_iter().map(named));
            }
        }
        Ok(packages)
    }

    /// Empties caches, renews the index and upgrades everything, as far as that is asked for and of use.
    fn prepare(&self, todo: &mut Commands, decision: &Decision, outdated: &Outdated) {
        let is_named = !self.wanted.packages.is_empty();
        let may_differ = outdated.as_ref().is_none_or(|it| !it.is_empty());
        let upgrade_all = self.upgrade_all.as_ref().filter(|_| may_differ);
        let installs =
            upgrade_all.is_some() || !decision.install.is_empty() || !decision.upgrade.is_empty();
        if let Some(line) = self.clean.as_ref().filter(|_| !is_named || installs) {
            todo.run(line.clone());
            todo.attribute("packages", "caches", "", "emptied");
        }
        if let Some(line) = self.update.as_ref().filter(|_| !is_named || installs) {
            todo.run(line.clone());
            todo.attribute("packages", "index", "stale", "renewed");
            if !installs && self.clean.is_none() {
                todo.changed = Some(index::renewed);
            }
        }
        if let Some(line) = upgrade_all {
            todo.run(line.clone());
            let waiting = outdated.as_ref().map_or("some".to_owned(), |it| it.len().to_string());
            todo.attribute("packages", "to upgrade", waiting, "0");
        }
    }

    /// Installs, upgrades and removes.
    fn run(&self, todo: &mut Commands, decision: &Decision) {
        let upgrade = if self.upgrade.is_empty() { &self.install } else { &self.upgrade };
        let specs = |packages: &[Package]| {
            packages.iter().map(|it| it.spec.clone()).collect::<Vec<String>>()
        };
        let names = |packages: &[Package]| {
            packages.iter().map(|it| it.name.clone()).collect::<Vec<String>>()
        };
        let remove =
            if self.remove_by_name { names(&decision.remove) } else { specs(&decision.remove) };
        for (line, packages) in [
            (&self.install, specs(&decision.install)),
            (upgrade, specs(&decision.upgrade)),
            (&self.remove, remove),
        ] {
            let size = if self.one_by_one { 1 } else { packages.len().max(1) };
            for packages in packages.chunks(size) {
                todo.run(sh!("{line} {packages}"));
            }
        }
    }
}

/// Whether the text of any output is as `is` says.
pub(crate) fn any_output(outputs: &[Output], is: impl Fn(&str) -> bool) -> bool {
    outputs.iter().any(|output| {
        let both = [output.stdout.as_slice(), output.stderr.as_slice()].concat();
        is(&String::from_utf8_lossy(&both))
    })
}
