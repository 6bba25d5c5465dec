use crate::facts::installed::{lists_packages, split_version};
use crate::{Args, Scope};

/// All packages that pkgin lists as installed by name, each with its version.
///
/// ```rhai
/// if "bash" in host.fact("pkgin.pkgin_packages") { host.log("bash is there"); }
/// ```
#[derive(Clone, Debug, Args)]
#[args("pkgin.pkgin_packages")]
pub struct PkginPackages {}

lists_packages!(PkginPackages, "pkgin", "pkgin list", vec![Scope::PACKAGES], read);

/// `bash-5.1.4           The GNU Bourne Again Shell`.
fn read(line: &str) -> Option<(&str, &str)> {
    split_version(line.split_once(char::is_whitespace)?.0)
}
