use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use crate::facts::outdated::INDEX;
use crate::{Args, Fact, Result, Scope, Shell};

/// Installed packages for which opkg has a newer version, each with the version that is there and the newer
/// one.
///
/// The lists of packages are taken as they are: see `opkg.update`.
///
/// ```rhai
/// for name in host.fact("opkg.opkg_upgradeable_packages").keys() { host.log(name); }
/// ```
#[derive(Clone, Debug, Args)]
#[args("opkg.opkg_upgradeable_packages")]
pub struct OpkgUpgradeablePackages {}

/// The version that is there, and the newer one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Upgrade(pub String, pub String);

impl Fact for OpkgUpgradeablePackages {
    type Output = IndexMap<String, Upgrade>;

    fn command(&self) -> Shell {
        Shell::raw("opkg list-upgradable 2>/dev/null || true")
    }

    /// `luci - 19.07.1-1 - 19.07.2-1`; other lines are skipped.
    fn parse(&self, output: &str) -> Result<Self::Output> {
        let read = |line: &str| {
            let mut parts = line.trim().split(" - ");
            let (name, now, newer) = (parts.next()?, parts.next()?, parts.next()?);
            Some((name.to_owned(), Upgrade(now.to_owned(), newer.to_owned())))
        };
        Ok(output.lines().filter_map(read).collect())
    }

    fn requires(&self) -> Option<&'static str> {
        Some("opkg")
    }

    fn reads(&self) -> Vec<Scope> {
        vec![Scope::PACKAGES, INDEX]
    }
}
