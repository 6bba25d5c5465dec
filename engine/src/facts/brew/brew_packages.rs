use crate::facts::installed::{Installed, of_language};
use crate::{Args, Fact, Result, Scope, Shell};

macro_rules! packages {
    ($($(#[$doc:meta])* $fact:ident $name:literal $command:literal)*) => { $(
        $(#[$doc])*
        #[derive(Clone, Debug, Args)]
        #[args($name)]
        pub struct $fact {}

        impl Fact for $fact {
            type Output = Installed;

            fn command(&self) -> Shell {
                Shell::raw($command)
            }

            fn parse(&self, output: &str) -> Result<Self::Output> {
                Ok(read(output))
            }

            fn requires(&self) -> Option<&'static str> {
                Some("brew")
            }

            fn reads(&self) -> Vec<Scope> {
                of_language()
            }
        }
    )* };
}

packages! {
    /// All installed formulae of Homebrew by name, each with its versions.
    ///
    /// ```rhai
    /// if "wget" in host.fact("brew.brew_packages") { host.log("wget is there"); }
    /// ```
    BrewPackages "brew.brew_packages" "brew list --formula --versions 2>/dev/null || brew list --versions"

    /// All installed casks of Homebrew by name, each with its versions.
    ///
    /// ```rhai
    /// if "firefox" in host.fact("brew.brew_casks") { host.log("Firefox is there"); }
    /// ```
    BrewCasks "brew.brew_casks" "brew list --cask --versions 2>/dev/null || brew cask list --versions"
}

/// `webalizer 2.23-08_2 2.22`; what a cask adds behind a comma is no part of its version.
fn read(output: &str) -> Installed {
    let is_part = |it: char| it.is_ascii_digit() || it.is_ascii_lowercase() || "._+-".contains(it);
    let mut installed = Installed::default();
    for line in output.lines() {
        let mut words = line.split_whitespace();
        let Some(name) = words.next() else { continue };
        for word in words {
            let version = word.split(|it| !is_part(it)).next().unwrap_or_default();
            if !version.is_empty() {
                installed.add(name, version);
            }
        }
    }
    installed
}
