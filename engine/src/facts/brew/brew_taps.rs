use crate::facts::installed::of_language;
use crate::{Args, Fact, Result, Scope, Shell};

/// The taps that Homebrew takes formulae and casks from.
///
/// ```rhai
/// if "homebrew/cask" in host.fact("brew.brew_taps") { host.log("the tap is there"); }
/// ```
#[derive(Clone, Debug, Args)]
#[args("brew.brew_taps")]
pub struct BrewTaps {}

impl Fact for BrewTaps {
    type Output = Vec<String>;

    fn command(&self) -> Shell {
        Shell::raw("brew tap")
    }

    fn parse(&self, output: &str) -> Result<Self::Output> {
        let lines = output.lines().map(str::trim).filter(|it| !it.is_empty());
        Ok(lines.map(str::to_owned).collect())
    }

    fn requires(&self) -> Option<&'static str> {
        Some("brew")
    }

    fn reads(&self) -> Vec<Scope> {
        of_language()
    }
}
