use serde::{Deserialize, Serialize};

use crate::facts::installed::of_language;
use crate::{Args, Fact, Result, Scope, Shell};

/// The version of Homebrew as three numbers; zeros where there is none.
///
/// ```rhai
/// if host.fact("brew.brew_version")[0] >= 4 { host.log("a new one"); }
/// ```
#[derive(Clone, Debug, Args)]
#[args("brew.brew_version")]
pub struct BrewVersion {}

/// Major, minor and patch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Version(pub u32, pub u32, pub u32);

impl Fact for BrewVersion {
    type Output = Version;

    fn command(&self) -> Shell {
        Shell::raw("brew --version")
    }

    /// `Homebrew 4.1.7-62-g9f5afcb`; a shallow clone says `>=4.1.7`.
    fn parse(&self, output: &str) -> Result<Self::Output> {
        Ok(output.lines().next().and_then(read).unwrap_or_default())
    }

    fn requires(&self) -> Option<&'static str> {
        Some("brew")
    }

    fn reads(&self) -> Vec<Scope> {
        of_language()
    }
}

fn read(line: &str) -> Option<Version> {
    let words = line.strip_prefix("Homebrew")?.trim_start_matches([' ', '\t', '>', '=']);
    let mut numbers = words
        .split('.')
        .map(|part| part.split(|it: char| !it.is_ascii_digit()).next()?.parse().ok());
    Some(Version(numbers.next()??, numbers.next()??, numbers.next()??))
}
