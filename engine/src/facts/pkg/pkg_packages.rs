use crate::facts::installed::{Installed, split_version};
use crate::{Args, Fact, Result, Scope, Shell};

/// All installed packages of a BSD by name, each with its version.
///
/// ```rhai
/// if "nano" in host.fact("pkg.pkg_packages") { host.log("nano is there"); }
/// ```
#[derive(Clone, Debug, Args)]
#[args("pkg.pkg_packages")]
pub struct PkgPackages {}

/// FreeBSD has `pkg`, the others `pkg_info`.
const COMMAND: &str = "if command -v pkg >/dev/null 2>&1; then pkg info 2>/dev/null; \
    elif command -v pkg_info >/dev/null 2>&1; then pkg_info 2>/dev/null; fi || true";

impl Fact for PkgPackages {
    type Output = Installed;

    fn command(&self) -> Shell {
        Shell::raw(COMMAND)
    }

    /// `nano-3.48    Nano's ANOther editor`.
    fn parse(&self, output: &str) -> Result<Self::Output> {
        Ok(Installed::read(output, |line| split_version(line.split_whitespace().next()?)))
    }

    fn reads(&self) -> Vec<Scope> {
        vec![Scope::PACKAGES, Scope::tree("/var/db/pkg")]
    }
}
