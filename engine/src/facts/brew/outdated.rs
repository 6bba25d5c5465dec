use crate::Args;
use crate::facts::outdated::lists_outdated;

/// Installed formulae and casks of Homebrew that `brew upgrade` would change, with their new versions.
///
/// Homebrew is not updated first. Pinned formulae stay as they are.
///
/// ```rhai
/// let waiting = host.fact("brew.outdated");
/// if waiting != () && waiting.len() > 0 { host.log(`${waiting.len()} upgrades are waiting`); }
/// ```
#[derive(Clone, Debug, Args)]
#[args("brew.outdated")]
pub struct Outdated {}

lists_outdated!(
    Outdated,
    "brew",
    "HOMEBREW_NO_AUTO_UPDATE=1 brew outdated --verbose 2>/dev/null && echo || true",
    read
);

/// `wget (1.20, 1.21) < 1.24`, `firefox (69.0) != 70.0`, `node (20.1) < 21.0 [pinned at 20.1]`.
fn read(line: &str) -> Option<(&str, &str)> {
    let (name, rest) = line.split_once(" (")?;
    let (_, rest) = rest.split_once(") ")?;
    let mut words = rest.split_whitespace();
    let (_sign, version) = (words.next()?, words.next()?);
    words.next().is_none().then_some((name, version))
}
