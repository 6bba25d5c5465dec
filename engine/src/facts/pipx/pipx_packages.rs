use crate::Args;
use crate::facts::installed::{lists_packages, of_language};

/// All applications that pipx installed for the account by name, each with its version.
///
/// ```rhai
/// if "black" in host.fact("pipx.pipx_packages") { host.log("black is there"); }
/// ```
#[derive(Clone, Debug, Args)]
#[args("pipx.pipx_packages")]
pub struct PipxPackages {}

lists_packages!(PipxPackages, "pipx", "pipx list --short 2>/dev/null || true", of_language(), read);

/// `copier 9.0.1`.
fn read(line: &str) -> Option<(&str, &str)> {
    let mut words = line.split_whitespace();
    let (name, version) = (words.next()?, words.next()?);
    let is_version = version.starts_with(|it: char| it.is_ascii_digit()) && words.next().is_none();
    is_version.then_some((name, version))
}
