use crate::Args;
use crate::facts::outdated::lists_outdated;

/// Installed packages of Arch Linux that `pacman -Su` would upgrade, with their new versions.
///
/// The databases are taken as they are. Packages that pacman is told to ignore are left out.
///
/// ```rhai
/// let waiting = host.fact("pacman.outdated");
/// if waiting != () && waiting.len() > 0 { host.log(`${waiting.len()} upgrades are waiting`); }
/// ```
#[derive(Clone, Debug, Args)]
#[args("pacman.outdated")]
pub struct Outdated {}

// pacman fails where there is nothing to list.
lists_outdated!(Outdated, "pacman", "pacman -Qu 2>/dev/null; echo", read);

/// `linux 6.1-1 -> 6.2-1`, with `[ignored]` at the end of what stays.
fn read(line: &str) -> Option<(&str, &str)> {
    let mut words = line.split_whitespace();
    let (name, _old, _arrow, new) = (words.next()?, words.next()?, words.next()?, words.next()?);
    words.next().is_none().then_some((name, new))
}
