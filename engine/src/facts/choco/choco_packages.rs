use crate::facts::installed::lists_packages;
use crate::{Args, Scope};

/// All packages that Chocolatey installed by name, each with its version.
///
/// ```rhai
/// if "notepadplusplus" in host.fact("choco.choco_packages") { host.log("it is there"); }
/// ```
#[derive(Clone, Debug, Args)]
#[args("choco.choco_packages")]
pub struct ChocoPackages {}

lists_packages!(ChocoPackages, "choco", "choco list", vec![Scope::PACKAGES], read);

/// `notepadplusplus 7.8.3`; other lines have more words, or no number at their end.
fn read(line: &str) -> Option<(&str, &str)> {
    let (name, version) = line.trim_end().split_once(' ')?;
    let is_package = version.starts_with(|it: char| it.is_ascii_digit()) && !version.contains(' ');
    is_package.then_some((name, version))
}
