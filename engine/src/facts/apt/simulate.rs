use serde::{Deserialize, Serialize};

use crate::{Args, Fact, Result, Scope, Shell, sh};

/// How many packages an `apt-get` command would change: `upgrade`, `install nginx`.
///
/// `()` where apt-get would fail.
///
/// ```rhai
/// let pending = host.fact("apt.simulate_operation_will_change", "upgrade");
/// if pending.upgraded > 0 { host.log(`${pending.upgraded} upgrades are waiting`); }
/// ```
#[derive(Clone, Debug, Args)]
#[args("apt.simulate_operation_will_change")]
pub struct SimulateOperationWillChange {
    /// What follows `apt-get`: words, with a gap between them.
    pub command: String,
}

/// Numbers of packages.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Simulation {
    /// Would be upgraded.
    pub upgraded: Option<u32>,
    /// Would be installed.
    pub newly_installed: Option<u32>,
    /// Would be removed.
    pub removed: Option<u32>,
    /// Could be upgraded, and would not be.
    pub not_upgraded: Option<u32>,
}

impl Simulation {
    /// Whether anything would change; what is not known may.
    pub fn changes(&self) -> bool {
        [self.upgraded, self.newly_installed, self.removed].iter().any(|it| *it != Some(0))
    }

    /// The summary that apt-get prints, in whatever language: a line that begins with a number and
    /// holds four, in the order `0 upgraded, 0 newly installed, 0 to remove and 0 not upgraded.`
    pub fn read(output: &str) -> Option<Self> {
        output.lines().find_map(Self::read_line)
    }

    fn read_line(line: &str) -> Option<Self> {
        if !line.starts_with(|it: char| it.is_ascii_digit()) {
            return None;
        }
        let words = line.split(|it: char| !it.is_ascii_digit()).filter(|it| !it.is_empty());
        let numbers: Vec<u32> = words.map_while(|it| it.parse().ok()).collect();
        let [upgraded, newly_installed, removed, not_upgraded] = numbers.try_into().ok()?;
        Some(Self {
            upgraded: Some(upgraded),
            newly_installed: Some(newly_installed),
            removed: Some(removed),
            not_upgraded: Some(not_upgraded),
        })
    }
}

impl Fact for SimulateOperationWillChange {
    type Output = Option<Simulation>;

    fn command(&self) -> Shell {
        let words: Vec<&str> = self.command.split_whitespace().collect();
        sh!("LC_ALL=C apt-get -y {words} --dry-run 2>/dev/null || true")
    }

    fn parse(&self, output: &str) -> Result<Self::Output> {
        Ok(Simulation::read(output))
    }

    fn requires(&self) -> Option<&'static str> {
        Some("apt-get")
    }

    fn reads(&self) -> Vec<Scope> {
        vec![
            Scope::PACKAGES,
            Scope::path("/var/lib/dpkg/status"),
            Scope::tree("/var/lib/apt"),
            Scope::tree("/etc/apt"),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_summary_in_any_language() {
        for (line, expected) in [
            ("3 upgraded, 1 newly installed, 0 to remove and 7 not upgraded.", Some((3, 1, 0, 7))),
            ("3 aktualisiert, 1 neu installiert, 0 zu entfernen und 7 nicht.", Some((3, 1, 0, 7))),
            ("15 packages can be upgraded", None),
            ("Get:1 http://deb.debian.org/debian 1 2 3 4", None),
        ] {
            let read = Simulation::read(&format!("Reading package lists...\n{line}\n"));
            let numbers = read.map(|it| {
                let number = |it: Option<u32>| it.unwrap_or(u32::MAX);
                (
                    number(it.upgraded),
                    number(it.newly_installed),
                    number(it.removed),
                    number(it.not_upgraded),
                )
            });
            assert_eq!(numbers, expected, "{line}");
        }
    }
}
