use crate::Args;
use crate::facts::outdated::lists_outdated;

/// Installed packages for which zypper has an update, with their new versions.
///
/// zypper looks it up, which may take seconds.
///
/// ```rhai
/// let waiting = host.fact("zypper.outdated");
/// if waiting != () && waiting.len() > 0 { host.log(`${waiting.len()} updates are waiting`); }
/// ```
#[derive(Clone, Debug, Args)]
#[args("zypper.outdated")]
pub struct Outdated {}

lists_outdated!(
    Outdated,
    "zypper",
    "LC_ALL=C zypper --non-interactive --quiet list-updates 2>/dev/null && echo || true",
    read
);

/// `v  | Main Repository | vim  | 9.0-1 | 9.1-1 | x86_64`.
fn read(line: &str) -> Option<(&str, &str)> {
    let mut columns = line.split('|').map(str::trim);
    let (_state, _repository, name) = (columns.next()?, columns.next()?, columns.next()?);
    let (_now, newer, _architecture) = (columns.next()?, columns.next()?, columns.next()?);
    (name != "Name").then_some((name, newer))
}
