//! What has to be done about packages: the decision that all package managers share. Pure; how a
//! manager is called is its own operation's business, and [`work`] what most of them have in common;
//! [`arguments`] are those that most of them take.

pub(crate) mod arguments;
pub(crate) mod index;
pub(crate) mod work;

use crate::args::OneOrMany;
use crate::facts::installed::{Installed, Offer};
use crate::{Commands, Error, Result, Shell};

/// One package as it was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Package {
    /// Its name, as the fact about installed packages has it.
    pub name: String,
    /// The version that it must have.
    pub version: Option<String>,
    /// How the package manager is told: `git=1:2.39`.
    pub spec: String,
}

impl Package {
    /// Reads `git` or, where `join` is what stands between name and version, `git=1:2.39`.
    pub(crate) fn read(spec: &str, join: Option<&str>) -> Result<Self> {
        let spec = spec.trim();
        if spec.is_empty() || spec.starts_with('-') {
            return Err(Error::usage(format!("`{spec}` is no name of a package"))
                .hint("arguments for the package manager go into `extra_install_args`")
                .argument("packages"));
        }
        let parts = join.and_then(|join| spec.rsplit_once(join));
        let (name, version) = match parts {
            Some((name, version)) if !name.is_empty() && !version.is_empty() => {
                (name, Some(version.to_owned()))
            }
            _ => (spec, None),
        };
        Ok(Self { name: name.to_owned(), version, spec: spec.to_owned() })
    }

    /// Reads the packages that a script names; none where it names none.
    pub(crate) fn list(specs: Option<&OneOrMany<String>>, join: Option<&str>) -> Result<Vec<Self>> {
        Self::read_all(specs.map(|it| &it.0[..]).unwrap_or_default(), join)
    }

    /// Reads a list of packages.
    pub(crate) fn read_all(specs: &[String], join: Option<&str>) -> Result<Vec<Self>> {
        specs.iter().map(|spec| Self::read(spec, join)).collect()
    }
}

/// Arguments that the script gives as one text, as it would stand on a command line.
pub(crate) fn extra(arguments: Option<&String>) -> Option<Shell> {
    let text = arguments.map(|it| it.trim()).filter(|it| !it.is_empty());
    text.map(Shell::verbatim)
}

/// What is wanted of packages.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wanted<'a> {
    /// The packages.
    pub packages: &'a [Package],
    /// Whether they should be installed.
    pub present: bool,
    /// Whether those without a version should be the newest.
    pub latest: bool,
    /// Whether packages that are held may be changed.
    pub change_held: bool,
    /// Whether a wanted version (first) is met by an installed one.
    pub fits: fn(&str, &str) -> bool,
}

impl<'a> Wanted<'a> {
    /// These packages, installed, in whatever version or the one that they name.
    pub(crate) fn installed(packages: &'a [Package]) -> Self {
        Self { packages, present: true, latest: false, change_held: false, fits: same_version }
    }
}

/// The same version, or one that a pattern with `*` covers.
pub(crate) fn same_version(wanted: &str, installed: &str) -> bool {
    let Some((start, rest)) = wanted.split_once('*') else { return wanted == installed };
    let Some(mut left) = installed.strip_prefix(start) else { return false };
    let mut parts: Vec<&str> = rest.split('*').collect();
    let end = parts.pop().unwrap_or_default();
    for part in parts {
        match left.split_once(part) {
            Some((_, after)) => left = after,
            None => return false,
        }
    }
    left.ends_with(end)
}

impl Default for Wanted<'_> {
    fn default() -> Self {
        Self::installed(&[])
    }
}

/// The same version, whatever its release where the wanted one has none: `9.0` is met by `9.0-1`.
pub(crate) fn same_release(wanted: &str, installed: &str) -> bool {
    let without_epoch = installed.split_once(':').map_or(installed, |(_, version)| version);
    let fits = |version: &str| {
        same_version(wanted, version)
            || version.strip_prefix(wanted).is_some_and(|rest| rest.starts_with('-'))
    };
    fits(installed) || fits(without_epoch)
}

/// What must be done, each package as the manager is told.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Decision {
    /// Packages that are missing, or there in another version than the one that is named.
    pub install: Vec<Package>,
    /// Packages that are there and should be the newest; whether they are is not known here.
    pub upgrade: Vec<Package>,
    /// Packages that are there and should not be.
    pub remove: Vec<Package>,
    /// Why there is nothing to do about the others.
    pub notes: Vec<String>,
}

/// Decides what must be done.
///
/// A package that another one provides counts as installed. It is not removed by that name, since
/// that would remove a package that nobody named.
pub(crate) fn ensure_packages(wanted: &Wanted<'_>, installed: &Installed) -> Result<Decision> {
    let mut decision = Decision::default();
    for package in wanted.packages {
        if wanted.present {
            decision.present(package, wanted, installed)?;
        } else {
            decision.absent(package, wanted, installed)?;
        }
    }
    Ok(decision)
}

impl Decision {
    /// The packages as the manager is told.
    pub(crate) fn specs(packages: &[Package]) -> Vec<&str> {
        packages.iter().map(|package| package.spec.as_str()).collect()
    }

    /// Whether there is nothing to do.
    pub(crate) fn is_empty(&self) -> bool {
        self.install.is_empty() && self.upgrade.is_empty() && self.remove.is_empty()
    }

    /// Why there is nothing to do.
    pub(crate) fn note(&self) -> String {
        self.notes.join(", ")
    }

    /// Takes out packages that are the newest already.
    pub(crate) fn keep_outdated(&mut self, is_outdated: impl Fn(&str) -> bool) {
        let (upgrade, newest) =
            std::mem::take(&mut self.upgrade).into_iter().partition(|it| is_outdated(&it.name));
        self.upgrade = upgrade;
        let newest: Vec<Package> = newest;
        self.notes.extend(newest.iter().map(|it| format!("package {} is the newest", it.name)));
    }

    /// Records what changes, and tells what will be installed then.
    pub(crate) fn record(&self, todo: &mut Commands, installed: &Installed) -> Installed {
        let mut after = installed.clone();
        let now = |name: &str| installed.versions(name).unwrap_or_default().join(", ");
        let of = |package: &Package| format!("package {}", package.name);
        for package in &self.install {
            let version = package.version.clone();
            let shown = version.clone().unwrap_or_else(|| "installed".to_owned());
            todo.attribute(of(package), "version", now(&package.name), shown);
            after.expect(&package.name, version);
        }
        for package in &self.upgrade {
            todo.attribute(of(package), "version", now(&package.name), "newest");
            after.expect(&package.name, None);
        }
        for package in &self.remove {
            todo.attribute(of(package), "version", now(&package.name), "");
            after.remove(&package.name);
        }
        after
    }

    fn present(&mut self, package: &Package, wanted: &Wanted<'_>, now: &Installed) -> Result<()> {
        let name = &package.name;
        let offers = now.offers(name);
        let held = holder(name, offers, now).filter(|_| !wanted.change_held);
        let fits = |version: &str| match &package.version {
            Some(pin) => (wanted.fits)(pin, version),
            None => true,
        };
        let own = now.versions(name);
        let has = own.is_some_and(|versions| {
            package.version.is_none() || versions.iter().any(|it| fits(it))
        });
        let offered = offers.iter().any(|offer| match &offer.version {
            Some(version) => fits(version),
            None => package.version.is_none(),
        });
        match (has || offered, held) {
            (true, Some(held)) => self.notes.push(format!("package {held} is held")),
            (true, None) if wanted.latest && package.version.is_none() => {
                self.upgrade.extend(newest(package, own.is_some(), offers));
            }
            (true, None) => self.notes.push(describe(name, own, offers)),
            (false, Some(held)) if own.is_some() => return Err(is_held(&held, &package.spec)),
            (false, _) => self.install.push(package.clone()),
        }
        Ok(())
    }

    fn absent(&mut self, package: &Package, wanted: &Wanted<'_>, now: &Installed) -> Result<()> {
        let name = &package.name;
        let own = now.versions(name);
        let is_there = match (&package.version, own) {
            (_, None) => now.offers(name).iter().any(|offer| is_arch_name(name, offer)),
            (None, Some(_)) => true,
            (Some(pin), Some(versions)) => versions.iter().any(|it| (wanted.fits)(pin, it)),
        };
        if !is_there {
            self.notes.push(match now.offers(name).first() {
                Some(offer) => format!("package {name} is not installed, {} provides it", offer.by),
                None => format!("package {name} is not installed"),
            });
            return Ok(());
        }
        if now.is_held(name) && !wanted.change_held {
            return Err(is_held(name, "no version"));
        }
        self.remove.push(package.clone());
        Ok(())
    }
}

/// Whether a name is another one's with an architecture (`libc6:i386`), and no capability.
fn is_arch_name(name: &str, offer: &Offer) -> bool {
    name.strip_prefix(offer.by.as_str()).is_some_and(|rest| rest.starts_with(':'))
}

/// The package behind a name that is held.
fn holder(name: &str, offers: &[Offer], now: &Installed) -> Option<String> {
    let names = std::iter::once(name).chain(offers.iter().map(|offer| offer.by.as_str()));
    names.into_iter().find(|it| now.is_held(it)).map(str::to_owned)
}

/// What to upgrade for a package: itself, or what provides it.
fn newest(package: &Package, own: bool, offers: &[Offer]) -> Vec<Package> {
    if own || offers.iter().any(|offer| is_arch_name(&package.name, offer)) {
        return vec![package.clone()];
    }
    let names = offers.iter().map(|offer| offer.by.clone());
    names.map(|name| Package { spec: name.clone(), name, version: None }).collect()
}

fn describe(name: &str, own: Option<&[String]>, offers: &[Offer]) -> String {
    match (own, offers.first()) {
        (Some(versions), _) if versions.iter().any(|it| !it.is_empty()) => {
            format!("package {name} is installed ({})", versions.join(", "))
        }
        (None, Some(offer)) => format!("package {name} is provided by {}", offer.by),
        _ => format!("package {name} is installed"),
    }
}

fn is_held(name: &str, wanted: &str) -> Error {
    Error::failed(format!("package {name} is held, and {wanted} is wanted"))
        .hint(format!("release it first, as with `apt-mark unhold {name}`, or set `force`"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> Installed {
        let mut now = Installed::default();
        now.add("git", "1:2.39");
        now.add("nginx", "1.22-9");
        now.hold("nginx");
        now.add("exim4", "4.96");
        now.offer("mta", "exim4", None);
        now.offer("exim4:amd64", "exim4", Some("4.96"));
        now
    }

    fn decide(spec: &str, present: bool, latest: bool) -> String {
        let packages = [Package::read(spec, Some("=")).unwrap()];
        let wanted = Wanted { present, latest, ..Wanted::installed(&packages) };
        match ensure_packages(&wanted, &now()) {
            Err(error) => error.message,
            Ok(it) => match (&*it.install, &*it.upgrade, &*it.remove) {
                ([one], [], []) => format!("+{}", one.spec),
                ([], [one], []) => format!("^{}", one.spec),
                ([], [], [one]) => format!("-{}", one.spec),
                _ => it.note(),
            },
        }
    }

    #[test]
    fn decides_by_name_version_and_state() {
        for (spec, present, latest, expected) in [
            ("vim", true, false, "+vim"),
            ("git", true, false, "package git is installed (1:2.39)"),
            ("git=1:2.39", true, true, "package git is installed (1:2.39)"),
            ("git=1:2.*", true, false, "package git is installed (1:2.39)"),
            ("git=1:2.40", true, false, "+git=1:2.40"),
            ("git", true, true, "^git"),
            ("nginx", true, true, "package nginx is held"),
            ("nginx=2", true, false, "package nginx is held, and nginx=2 is wanted"),
            ("nginx", false, false, "package nginx is held, and no version is wanted"),
            ("mta", true, false, "package mta is provided by exim4"),
            ("mta", true, true, "^exim4"),
            ("mta", false, false, "package mta is not installed, exim4 provides it"),
            ("exim4:amd64", true, false, "package exim4:amd64 is provided by exim4"),
            ("exim4:amd64", false, false, "-exim4:amd64"),
            ("exim4:i386", true, false, "+exim4:i386"),
            ("vim", false, false, "package vim is not installed"),
            ("git", false, false, "-git"),
            ("git=9", false, false, "package git is not installed"),
        ] {
            assert_eq!(decide(spec, present, latest), expected, "{spec} {present} {latest}");
        }
    }

    #[test]
    fn a_pattern_covers_versions() {
        for (pattern, version, expected) in [
            ("1.2", "1.2", true),
            ("1.2", "1.20", false),
            ("1.*", "1.20", true),
            ("1.*-3", "1.20-3", true),
            ("1.*-3", "1.20-4", false),
            ("*", "", true),
            ("1*2*3", "1a2b3", true),
            ("1*2*3", "1a3b2", false),
        ] {
            assert_eq!(same_version(pattern, version), expected, "{pattern} {version}");
        }
    }

    #[test]
    fn a_release_may_be_left_open() {
        for (wanted, installed, expected) in [
            ("9.0", "9.0-1", true),
            ("9.0", "1:9.0-1", true),
            ("9.0-1", "9.0-1", true),
            ("9.0", "9.01-1", false),
            ("9.0-2", "9.0-1", false),
        ] {
            assert_eq!(same_release(wanted, installed), expected, "{wanted} {installed}");
        }
    }

    #[test]
    fn an_option_is_no_package() {
        assert!(Package::read("--purge", None).is_err());
        assert!(Package::read(" ", None).is_err());
    }
}
