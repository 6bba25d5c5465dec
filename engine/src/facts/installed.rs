//! Installed packages, as the facts of all package managers tell them.

use std::collections::{HashMap, HashSet};

use indexmap::IndexMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

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

/// Versions as they may be given: a list, one, or none.
#[derive(Deserialize)]
#[serde(untagged)]
enum Versions {
    Many(Vec<String>),
    One(String),
    None(()),
}

impl Versions {
    fn list(self) -> Vec<String> {
        match self {
            Self::Many(versions) => versions,
            Self::One(version) => vec![version],
            Self::None(()) => Vec::new(),
        }
    }
}
