use crate::Args;
use crate::facts::installed::split_version;
use crate::facts::outdated::lists_outdated;

/// Packages of Void Linux that an upgrade would change, with their new versions.
///
/// The index is taken as it is.
///
/// ```rhai
/// let waiting = host.fact("xbps.outdated");
/// if waiting != () && waiting.len() > 0 { host.log(`${waiting.len()} upgrades are waiting`); }
/// ```
#[derive(Clone, Debug, Args)]
#[args("xbps.outdated")]
pub struct Outdated {}

lists_outdated!(
    Outdated,
    "xbps-install",
    "xbps-install --update --dry-run 2>/dev/null && echo || true",
    read
);

/// `vim-9.0.1_1 update x86_64 https://repo-default.voidlinux.org/current 3000 1000`.
fn read(line: &str) -> Option<(&str, &str)> {
    let mut words = line.split_whitespace();
    let (package, action) = (words.next()?, words.next()?);
    if ["update", "install", "reinstall", "remove"].contains(&action) {
        return split_version(package);
    }
    None
}
