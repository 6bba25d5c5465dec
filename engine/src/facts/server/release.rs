//! What a host says about its release, as it says it.

use indexmap::IndexMap;

use crate::{Args, Fact, Result, Scope, Shell};

/// What `/etc/os-release` says, names in small letters; `()` where there is no such file.
///
/// ```rhai
/// host.log(host.fact("server.os_release").pretty_name);
/// ```
#[derive(Clone, Debug, Args)]
#[args("server.os_release")]
pub struct OsRelease {}

impl Fact for OsRelease {
    type Output = Option<IndexMap<String, String>>;

    fn command(&self) -> Shell {
        Shell::raw("cat /etc/os-release 2>/dev/null || cat /usr/lib/os-release 2>/dev/null || true")
    }

    fn parse(&self, output: &str) -> Result<Self::Output> {
        let pairs = output.lines().filter_map(|line| line.split_once('='));
        let tidy = |(key, value): (&str, &str)| {
            (key.trim().to_lowercase(), value.trim().trim_matches('"').to_owned())
        };
        Ok(Some(pairs.map(tidy).collect()))
    }

    fn reads(&self) -> Vec<Scope> {
        vec![Scope::SYSTEM]
    }
}

/// What `lsb_release` says: `id`, `description`, `release`, `codename`; `()` where there is no such
/// program.
///
/// ```rhai
/// let release = host.fact("server.lsb_release");
/// if release != () && release.codename == "jammy" { host.log("22.04"); }
/// ```
#[derive(Clone, Debug, Args)]
#[args("server.lsb_release")]
pub struct LsbRelease {}

impl Fact for LsbRelease {
    type Output = Option<IndexMap<String, String>>;

    fn command(&self) -> Shell {
        Shell::raw("lsb_release -ca 2>/dev/null")
    }

    /// `Distributor ID: Ubuntu`: of a name of two words the last counts.
    fn parse(&self, output: &str) -> Result<Self::Output> {
        let pairs = output.lines().filter_map(|line| line.split_once(':'));
        let tidy = |(key, value): (&str, &str)| {
            let key = key.split_whitespace().last().unwrap_or_default().to_lowercase();
            (key, value.trim().to_owned())
        };
        Ok(Some(pairs.map(tidy).collect()))
    }

    fn requires(&self) -> Option<&'static str> {
        Some("lsb_release")
    }

    fn reads(&self) -> Vec<Scope> {
        vec![Scope::SYSTEM]
    }
}
