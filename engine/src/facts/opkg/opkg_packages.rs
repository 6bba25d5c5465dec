use crate::facts::installed::lists_packages;
use crate::{Args, Scope};

/// All packages that opkg installed by name, each with its version.
///
/// ```rhai
/// if "luci" in host.fact("opkg.opkg_packages") { host.log("LuCI is there"); }
/// ```
#[derive(Clone, Debug, Args)]
#[args("opkg.opkg_packages")]
pub struct OpkgPackages {}

lists_packages!(
    OpkgPackages,
    "opkg",
    "opkg list-installed",
    vec![Scope::PACKAGES, Scope::tree("/usr/lib/opkg")],
    read
);

/// `wget - 1.20.3-4`.
fn read(line: &str) -> Option<(&str, &str)> {
    let (name, version) = line.split_once(" - ")?;
    let version = version.split_whitespace().next()?;
    (!name.contains(char::is_whitespace)).then_some((name, version))
}
