use crate::Args;
use crate::facts::installed::{lists_packages, of_language};

/// All crates whose programs cargo installed for the account by name, each with its version.
///
/// ```rhai
/// if "ripgrep" in host.fact("cargo.cargo_packages") { host.log("ripgrep is there"); }
/// ```
#[derive(Clone, Debug, Args)]
#[args("cargo.cargo_packages")]
pub struct CargoPackages {}

lists_packages!(CargoPackages, "cargo", "cargo install --list", of_language(), read);

/// `zee v0.4.0:`, or `app v0.1.0 (/srv/app):`; programs follow indented.
fn read(line: &str) -> Option<(&str, &str)> {
    let (name, rest) = line.split_once(" v")?;
    let is_crate = !name.is_empty() && !name.contains(char::is_whitespace);
    is_crate.then(|| (name, rest.split([' ', ':']).next().unwrap_or(rest)))
}
