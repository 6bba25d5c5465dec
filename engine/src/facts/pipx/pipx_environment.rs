use indexmap::IndexMap;

use crate::facts::installed::of_language;
use crate::{Args, Fact, Result, Scope, Shell};

/// Where pipx puts things, as the variables that it knows: `PIPX_HOME`, `PIPX_BIN_DIR` and others.
///
/// ```rhai
/// let folder = host.fact("pipx.pipx_environment").get("PIPX_BIN_DIR");
/// ```
#[derive(Clone, Debug, Args)]
#[args("pipx.pipx_environment")]
pub struct PipxEnvironment {}

impl Fact for PipxEnvironment {
    type Output = IndexMap<String, String>;

    fn command(&self) -> Shell {
        Shell::raw("pipx environment 2>/dev/null || true")
    }

    /// `PIPX_HOME=/root/.local/pipx`. Variables that are set and those that count come in two lists; the
    /// later one says what counts.
    fn parse(&self, output: &str) -> Result<Self::Output> {
        let is_name = |it: char| it.is_ascii_uppercase() || it == '_';
        let pairs = output.lines().filter_map(|line| line.split_once('='));
        let pairs = pairs.filter(|(name, _)| !name.is_empty() && name.chars().all(is_name));
        Ok(pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect())
    }

    fn requires(&self) -> Option<&'static str> {
        Some("pipx")
    }

    fn reads(&self) -> Vec<Scope> {
        of_language()
    }
}
