use crate::facts::outdated::{self, INDEX};
use crate::{Args, Fact, Result, Scope, Shell, sh};

/// Installed packages of Alpine Linux that `apk upgrade` would change, with their new versions.
///
/// The index is taken as it is; `()` where apk cannot tell.
///
/// ```rhai
/// let waiting = host.fact("apk.outdated");
/// if waiting != () && waiting.len() > 0 { host.log(`${waiting.len()} upgrades are waiting`); }
/// ```
#[derive(Clone, Debug, Args)]
#[args("apk.outdated")]
pub struct Outdated {
    /// Also count packages that would get another version than a newer one.
    #[arg(default = false)]
    pub available: bool,
}

impl Fact for Outdated {
    type Output = outdated::Outdated;

    fn command(&self) -> Shell {
        let mut flags = Shell::new();
        flags.flag("--available", self.available);
        sh!("apk upgrade --simulate {flags} 2>/dev/null || true")
    }

    /// `(1/2) Upgrading musl (1.2.4-r1 -> 1.2.4-r4)`; the last line begins with `OK:`.
    fn parse(&self, output: &str) -> Result<Self::Output> {
        let is_known = output.lines().any(|line| line.starts_with("OK:"));
        Ok(is_known.then(|| outdated::read(output, read)))
    }

    fn requires(&self) -> Option<&'static str> {
        Some("apk")
    }

    fn reads(&self) -> Vec<Scope> {
        vec![Scope::PACKAGES, INDEX, Scope::tree("/etc/apk")]
    }
}

fn read(line: &str) -> Option<(&str, &str)> {
    let mut words = line.strip_prefix('(')?.split_once(") ")?.1.splitn(3, ' ');
    let (_verb, name, rest) = (words.next()?, words.next()?, words.next()?);
    let versions = rest.trim_start_matches('(').trim_end_matches(')');
    Some((name, versions.rsplit(' ').next().unwrap_or(versions)))
}
