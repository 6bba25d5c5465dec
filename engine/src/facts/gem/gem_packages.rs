use crate::facts::installed::{Installed, of_language};
use crate::{Args, Fact, Result, Scope, Shell};

/// All installed gems of Ruby by name, each with its versions.
///
/// ```rhai
/// if "rails" in host.fact("gem.gem_packages") { host.log("Rails is there"); }
/// ```
#[derive(Clone, Debug, Args)]
#[args("gem.gem_packages")]
pub struct GemPackages {}

impl Fact for GemPackages {
    type Output = Installed;

    fn command(&self) -> Shell {
        Shell::raw("gem list --local")
    }

    /// `rake (13.0.6, 12.3.3)`, `json (default: 2.6.1)`, `nokogiri (1.13.6 x86_64-linux)`.
    fn parse(&self, output: &str) -> Result<Self::Output> {
        let mut installed = Installed::default();
        for line in output.lines() {
            let Some((name, rest)) = line.split_once(" (") else { continue };
            for version in rest.trim_end().trim_end_matches(')').split(", ") {
                let version = version.trim_start_matches("default: ");
                installed.add(name, version.split(' ').next().unwrap_or(version));
            }
        }
        Ok(installed)
    }

    fn requires(&self) -> Option<&'static str> {
        Some("gem")
    }

    fn reads(&self) -> Vec<Scope> {
        let system = ["/var/lib/gems", "/usr/lib/ruby"].map(Scope::tree);
        of_language().into_iter().chain(system).collect()
    }
}
