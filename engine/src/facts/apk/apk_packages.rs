use crate::facts::installed::lists_packages;
use crate::{Args, Scope};

/// All installed packages of Alpine Linux by name, each with its versions.
///
/// ```rhai
/// if "curl" in host.fact("apk.apk_packages") { host.log("curl is there"); }
/// ```
#[derive(Clone, Debug, Args)]
#[args("apk.apk_packages")]
pub struct ApkPackages {}

lists_packages!(
    ApkPackages,
    "apk",
    "apk list --installed 2>/dev/null",
    vec![Scope::PACKAGES, Scope::tree("/lib/apk"), Scope::path("/etc/apk/world")],
    read
);

/// `musl-1.2.4-r4 x86_64 {musl} (MIT) [installed]`: the version is what stands behind the last hyphen but one.
fn read(line: &str) -> Option<(&str, &str)> {
    let (package, rest) = line.split_once(' ')?;
    let (start, revision) = package.rsplit_once('-')?;
    let (name, _) = start.rsplit_once('-')?;
    let is_package = revision.starts_with('r') && rest.contains('{') && !name.is_empty();
    is_package.then(|| (name, package.split_at(name.len()).1.trim_start_matches('-')))
}
