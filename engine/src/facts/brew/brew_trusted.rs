use serde::{Deserialize, Serialize};

use crate::facts::installed::of_language;
use crate::{Args, Fact, Result, Scope, Shell};

/// What Homebrew was told to trust: `casks`, `commands`, `formulae` and `taps`.
///
/// ```rhai
/// if "app/tap" in host.fact("brew.brew_trusted").taps { host.log("the tap is trusted"); }
/// ```
#[derive(Clone, Debug, Args)]
#[args("brew.brew_trusted")]
pub struct BrewTrusted {}

/// Names of what is trusted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trusted {
    /// Casks.
    pub casks: Vec<String>,
    /// Commands.
    pub commands: Vec<String>,
    /// Formulae.
    pub formulae: Vec<String>,
    /// Taps.
    pub taps: Vec<String>,
}

impl Fact for BrewTrusted {
    type Output = Trusted;

    /// A brew that does not know of trust prints an error, and nothing on standard output.
    fn command(&self) -> Shell {
        Shell::raw("brew trust --json=v1 2>/dev/null || true")
    }

    /// What is no list of all four says nothing.
    fn parse(&self, output: &str) -> Result<Self::Output> {
        Ok(serde_json::from_str(output).unwrap_or_default())
    }

    fn requires(&self) -> Option<&'static str> {
        Some("brew")
    }

    fn reads(&self) -> Vec<Scope> {
        of_language()
    }
}
