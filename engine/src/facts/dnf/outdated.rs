use crate::Args;
use crate::facts::outdated::lists_outdated;

/// Installed packages for which dnf has an update, with their new versions.
///
/// dnf looks it up, which may take seconds.
///
/// ```rhai
/// let waiting = host.fact("dnf.outdated");
/// if waiting != () && waiting.len() > 0 { host.log(`${waiting.len()} updates are waiting`); }
/// ```
#[derive(Clone, Debug, Args)]
#[args("dnf.outdated")]
pub struct Outdated {}

// 100: there are updates; 1: that is not known.
lists_outdated!(
    Outdated,
    "dnf",
    "LC_ALL=C dnf --quiet check-update 2>/dev/null; case $? in 0|100) echo;; esac",
    read
);

/// `vim-enhanced.x86_64  2:8.0-16.el8  appstream`. Below `Obsoleting Packages`, what goes is of the repository
/// `@appstream`, since it is installed.
pub(in crate::facts) fn read(line: &str) -> Option<(&str, &str)> {
    let mut words = line.split_whitespace();
    let (package, version, repository) = (words.next()?, words.next()?, words.next()?);
    let (name, _architecture) = package.rsplit_once('.')?;
    let is_update = words.next().is_none()
        && !repository.starts_with('@')
        && version.starts_with(|it: char| it.is_ascii_digit());
    is_update.then_some((name, version))
}
