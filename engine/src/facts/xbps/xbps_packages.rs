use crate::facts::installed::{lists_packages, split_version};
use crate::{Args, Scope};

/// All installed packages of Void Linux by name, each with its version.
///
/// ```rhai
/// if "vim" in host.fact("xbps.xbps_packages") { host.log("vim is there"); }
/// ```
#[derive(Clone, Debug, Args)]
#[args("xbps.xbps_packages")]
pub struct XbpsPackages {}

lists_packages!(
    XbpsPackages,
    "xbps-query",
    "xbps-query -l",
    vec![Scope::PACKAGES, Scope::tree("/var/db/xbps")],
    read
);

/// `ii vim-8.2.0891_1      Vim editor (vi clone)`; a package that is half removed is none.
fn read(line: &str) -> Option<(&str, &str)> {
    let mut words = line.split_whitespace();
    let (state, package) = (words.next()?, words.next()?);
    if state == "hr" { None } else { split_version(package) }
}
