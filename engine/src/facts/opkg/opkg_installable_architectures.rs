use indexmap::IndexMap;

use super::{architecture, plain};
use crate::{Args, Fact, Result, Scope, Shell};

/// The architectures whose packages opkg installs, each with its priority.
///
/// ```rhai
/// if "noarch" in host.fact("opkg.opkg_installable_architectures") { host.log("yes"); }
/// ```
#[derive(Clone, Debug, Args)]
#[args("opkg.opkg_installable_architectures")]
pub struct OpkgInstallableArchitectures {}

impl Fact for OpkgInstallableArchitectures {
    type Output = IndexMap<String, u32>;

    fn command(&self) -> Shell {
        Shell::raw("opkg print-architecture")
    }

    fn parse(&self, output: &str) -> Result<Self::Output> {
        let words = |line| plain(line).split_whitespace().collect::<Vec<&str>>();
        Ok(output.lines().filter_map(|line| architecture(&words(line))).collect())
    }

    fn requires(&self) -> Option<&'static str> {
        Some("opkg")
    }

    fn reads(&self) -> Vec<Scope> {
        vec![Scope::path("/etc/opkg.conf"), Scope::tree("/etc/opkg")]
    }
}
