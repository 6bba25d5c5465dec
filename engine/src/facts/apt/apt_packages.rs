use crate::facts::installed::Installed;
use crate::{Args, Fact, Result, Scope, Shell, sh};

/// All installed packages by name, as apt lists them; those of a foreign architecture as `name:arch`.
///
/// ```rhai
/// let versions = host.fact("apt.apt_packages")["bash"];
/// ```
#[derive(Clone, Debug, Args)]
#[args("apt.apt_packages")]
pub struct AptPackages {}

impl Fact for AptPackages {
    type Output = Installed;

    fn command(&self) -> Shell {
        sh!("LC_ALL=C apt list --installed 2>/dev/null")
    }

    /// `bash/stable,now 5.2.15-2+b7 amd64 [installed]`; the heading has no brackets.
    fn parse(&self, output: &str) -> Result<Self::Output> {
        let mut installed = Installed::default();
        for line in output.lines() {
            let mut words = line.split_whitespace();
            let (Some(place), Some(version), Some(_)) = (words.next(), words.next(), words.next())
            else {
                continue;
            };
            let state = words.next().unwrap_or_default();
            if let (Some((name, _)), true) =
                (place.split_once('/'), state.starts_with("[installed"))
            {
                installed.add(name, version);
            }
        }
        Ok(installed)
    }

    fn requires(&self) -> Option<&'static str> {
        Some("apt")
    }

    fn reads(&self) -> Vec<Scope> {
        vec![Scope::PACKAGES, Scope::path("/var/lib/dpkg/status"), Scope::tree("/var/lib/apt")]
    }
}
