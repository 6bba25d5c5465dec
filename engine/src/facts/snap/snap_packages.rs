use indexmap::IndexMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::snap_package::channel;
use crate::{Args, Fact, Result, Scope, Shell};

/// Names of all installed snaps.
///
/// ```rhai
/// if "lxd" in host.fact("snap.snap_packages") { host.log("LXD is there"); }
/// ```
#[derive(Clone, Debug, Args)]
#[args("snap.snap_packages")]
pub struct SnapPackages {}

/// Installed snaps.
///
/// Scripts and JSON see names. The channel that each one follows is for operations, and is not known where
/// the fact was given as JSON.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Snaps(pub IndexMap<String, Option<String>>);

impl Serialize for Snaps {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.keys())
    }
}

impl<'de> Deserialize<'de> for Snaps {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let names = Vec::<String>::deserialize(deserializer)?;
        Ok(Self(names.into_iter().map(|name| (name, None)).collect()))
    }
}

impl Fact for SnapPackages {
    type Output = Snaps;

    fn command(&self) -> Shell {
        Shell::raw("LC_ALL=C.UTF-8 snap list 2>/dev/null || true")
    }

    /// `lxd  4.0.9-8e2046b  22753  4.0/stable/…  canonical✓  -` below a heading.
    fn parse(&self, output: &str) -> Result<Self::Output> {
        let read = |line: &str| {
            let mut words = line.split_whitespace();
            Some((words.next()?.to_owned(), words.nth(2).and_then(channel)))
        };
        Ok(Snaps(output.lines().skip(1).filter_map(read).collect()))
    }

    fn requires(&self) -> Option<&'static str> {
        Some("snap")
    }

    fn reads(&self) -> Vec<Scope> {
        vec![Scope::PACKAGES]
    }
}
