//! Installed packages, as the facts of all package managers tell them.

use std::collections::{HashMap, HashSet};

use indexmap::IndexMap;
use serde::de::IgnoredAny;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::Scope;

/// Writes [`Fact`](crate::Fact) for a list of packages: the program that must be there, the command that lists
/// them, what the answer depends on, and how a line is read.
macro_rules! lists_packages {
    ($fact:ty, $program:literal, $command:literal, $reads:expr, $read:expr) => {
        impl crate::Fact for $fact {
            type Output = crate::facts::installed::Installed;

            fn command(&self) -> crate::Shell {
                crate::Shell::raw($command)
            }

            fn parse(&self, output: &str) -> crate::Result<Self::Output> {
                Ok(crate::facts::installed::Installed::read(output, $read))
            }

            fn requires(&self) -> Option<&'static str> {
                Some($program)
            }

            fn reads(&self) -> Vec<crate::Scope> {
                $reads
            }
        }
    };
}

pub(super) use lists_packages;

/// What the packages of a programming language depend on: they come with others, or are put into a home or
/// where an administrator keeps programs.
pub(super) fn of_language() -> Vec<Scope> {
    let folders = ["/usr/local", "/opt", "/srv", "/home", "/root"];
    std::iter::once(Scope::PACKAGES).chain(folders.map(Scope::tree)).collect()
}

/// `name-1.2.3_1` as name and version: the version begins behind the last hyphen that a digit follows.
pub(super) fn split_version(text: &str) -> Option<(&str, &str)> {
    let parts = |at: usize| {
        let (name, version) = text.split_at(at);
        (name, version.trim_start_matches('-'))
    };
    let begins = |at: &usize| parts(*at).1.starts_with(|it: char| it.is_ascii_digit());
    let hyphens = text.match_indices('-').map(|(at, _)| at);
    let (name, version) = parts(hyphens.rev().find(begins).or_else(|| text.rfind('-'))?);
    (!name.is_empty() && !version.is_empty()).then_some((name, version))
}

/// Installed packages by name, each with its versions: `{"git": ["1:2.39.5-0"]}`.
///
/// Scripts and JSON see names and versions. What else a package manager tells on the way (held
/// packages, what a package provides) is kept for operations, and is empty where the fact was given
/// as JSON.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Installed {
    versions: IndexMap<String, Vec<String>>,
    offers: HashMap<String, Vec<Offer>>,
    held: HashSet<String>,
    remains: HashSet<String>,
}

/// A name under which a package can be asked for besides its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// The package.
    pub by: String,
    /// The version of what it offers, where it has one.
    pub version: Option<String>,
}

impl Installed {
    /// Reads a list of packages; lines of which `read` makes none are skipped.
    pub(super) fn read<'a>(
        output: &'a str,
        read: impl Fn(&'a str) -> Option<(&'a str, &'a str)>,
    ) -> Self {
        let mut installed = Self::default();
        for (name, version) in output.lines().filter_map(read) {
            installed.add(name, version);
        }
        installed
    }

    /// Adds a version of a package.
    pub fn add(&mut self, name: impl Into<String>, version: impl Into<String>) {
        let versions = self.versions.entry(name.into()).or_default();
        let version = version.into();
        if !versions.contains(&version) {
            versions.push(version);
        }
    }

    /// States that a package is installed, in a version that is not known before it is.
    pub fn expect(&mut self, name: impl Into<String>, version: Option<String>) {
        self.versions.insert(name.into(), version.into_iter().collect());
    }

    /// Takes a package out.
    pub fn remove(&mut self, name: &str) {
        self.versions.shift_remove(name);
        self.remains.remove(name);
        self.offers.retain(|_, offers| {
            offers.retain(|offer| offer.by != name);
            !offers.is_empty()
        });
    }

    /// Notes that `by` can also be asked for as `name`: a capability, or the name with an architecture.
    pub fn offer(&mut self, name: impl Into<String>, by: impl Into<String>, version: Option<&str>) {
        let offer = Offer { by: by.into(), version: version.map(str::to_owned) };
        self.offers.entry(name.into()).or_default().push(offer);
    }

    /// Notes that a package is to stay as it is.
    pub fn hold(&mut self, name: impl Into<String>) {
        self.held.insert(name.into());
    }

    /// Notes that a package is gone but for its configuration.
    pub fn leave(&mut self, name: impl Into<String>) {
        self.remains.insert(name.into());
    }

    /// The versions of a package; `None` where it is not installed under that very name.
    pub fn versions(&self, name: &str) -> Option<&[String]> {
        self.versions.get(name).map(Vec::as_slice)
    }

    /// The installed packages that can also be asked for as `name`.
    pub fn offers(&self, name: &str) -> &[Offer] {
        self.offers.get(name).map(Vec::as_slice).unwrap_or_default()
    }

    /// Whether a package is to stay as it is.
    pub fn is_held(&self, name: &str) -> bool {
        self.held.contains(name)
    }

    /// Whether nothing but a package's configuration is there.
    pub fn remains(&self, name: &str) -> bool {
        self.remains.contains(name)
    }

    /// The packages and their versions.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &[String])> {
        self.versions.iter().map(|(name, versions)| (name.as_str(), versions.as_slice()))
    }

    /// The same packages under names made by `rename`, for managers to which some names are equal.
    #[must_use]
    pub fn renamed(&self, rename: impl Fn(&str) -> String) -> Self {
        let mut renamed = self.clone();
        renamed.versions = IndexMap::new();
        for (name, versions) in &self.versions {
            renamed.versions.entry(rename(name)).or_default().extend(versions.iter().cloned());
        }
        renamed
    }
}

impl Serialize for Installed {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.versions.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Installed {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let versions = IndexMap::<String, Versions>::deserialize(deserializer)?;
        let versions = versions.into_iter().map(|(name, it)| (name, it.list())).collect();
        Ok(Self { versions, ..Self::default() })
    }
}

/// Versions as they may be given.
#[derive(Deserialize)]
#[serde(untagged)]
enum Versions {
    Many(Vec<String>),
    One(String),
    /// Nothing, or that the package is there.
    Unknown(IgnoredAny),
}

impl Versions {
    fn list(self) -> Vec<String> {
        match self {
            Self::Many(versions) => versions,
            Self::One(version) => vec![version],
            Self::Unknown(_) => Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_where_a_version_begins() {
        for (text, expected) in [
            ("nano-3.48", Some(("nano", "3.48"))),
            ("font-adobe-100dpi-1.0.3_4", Some(("font-adobe-100dpi", "1.0.3_4"))),
            ("vim-8.2.3394-no_x11", Some(("vim", "8.2.3394-no_x11"))),
            ("python3-jaraco.classes-3.4.0_2", Some(("python3-jaraco.classes", "3.4.0_2"))),
            ("tool-git", Some(("tool", "git"))),
            ("nano", None),
            ("-1", None),
        ] {
            assert_eq!(split_version(text), expected, "{text}");
        }
    }
}
