use crate::facts::installed::lists_packages;
use crate::{Args, Scope};

/// All installed packages of Arch Linux by name, each with its version.
///
/// ```rhai
/// if "vim" in host.fact("pacman.pacman_packages") { host.log("vim is there"); }
/// ```
#[derive(Clone, Debug, Args)]
#[args("pacman.pacman_packages")]
pub struct PacmanPackages {}

lists_packages!(
    PacmanPackages,
    "pacman",
    "pacman -Q",
    vec![Scope::PACKAGES, Scope::tree("/var/lib/pacman/local")],
    read
);

/// `lz4 1:1.9.2-1`.
fn read(line: &str) -> Option<(&str, &str)> {
    let mut words = line.split_whitespace();
    Some((words.next()?, words.next()?))
}
