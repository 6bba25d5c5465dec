use crate::facts::installed::of_language;
use crate::{Args, Fact, Result, Scope, Shell};

/// Names of all applications and runtimes that Flatpak installed.
///
/// ```rhai
/// if "tv.kodi.Kodi" in host.fact("flatpak.flatpak_packages") { host.log("Kodi is there"); }
/// ```
#[derive(Clone, Debug, Args)]
#[args("flatpak.flatpak_packages")]
pub struct FlatpakPackages {}

impl Fact for FlatpakPackages {
    type Output = Vec<String>;

    fn command(&self) -> Shell {
        Shell::raw("flatpak list --columns=application")
    }

    /// Some versions print a heading.
    fn parse(&self, output: &str) -> Result<Self::Output> {
        let lines = output.lines().map(str::trim);
        let names = lines.filter(|it| !it.is_empty() && *it != "Application ID");
        Ok(names.map(str::to_owned).collect())
    }

    fn requires(&self) -> Option<&'static str> {
        Some("flatpak")
    }

    fn reads(&self) -> Vec<Scope> {
        of_language()
    }
}
