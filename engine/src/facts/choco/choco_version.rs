use crate::{Args, Fact, Result, Scope, Shell};

/// The version of Chocolatey; `()` where there is none.
///
/// ```rhai
/// if host.fact("choco.choco_version") == () { choco.install(); }
/// ```
#[derive(Clone, Debug, Args)]
#[args("choco.choco_version")]
pub struct ChocoVersion {}

impl Fact for ChocoVersion {
    type Output = Option<String>;

    fn command(&self) -> Shell {
        Shell::raw("choco --version")
    }

    fn parse(&self, output: &str) -> Result<Self::Output> {
        let text: String = output.lines().map(str::trim_end).collect();
        Ok((!text.is_empty()).then_some(text))
    }

    fn requires(&self) -> Option<&'static str> {
        Some("choco")
    }

    fn reads(&self) -> Vec<Scope> {
        vec![Scope::PACKAGES]
    }
}
