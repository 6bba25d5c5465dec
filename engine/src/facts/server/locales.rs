use crate::{Args, Fact, Result, Scope, Shell};

/// The locales that programs can use: `C`, `en_US.UTF-8`.
///
/// ```rhai
/// if !("de_DE.UTF-8" in host.fact("server.locales")) { server.locale("de_DE.UTF-8"); }
/// ```
#[derive(Clone, Debug, Args)]
#[args("server.locales")]
pub struct Locales {}

impl Fact for Locales {
    type Output = Vec<String>;

    fn command(&self) -> Shell {
        Shell::raw("locale -a 2>/dev/null")
    }

    /// `locale` writes `utf8` where `/etc/locale.gen` writes `UTF-8`.
    fn parse(&self, output: &str) -> Result<Self::Output> {
        Ok(output.lines().map(|line| line.replace("utf8", "UTF-8")).collect())
    }

    fn requires(&self) -> Option<&'static str> {
        Some("locale")
    }

    fn reads(&self) -> Vec<Scope> {
        vec![Scope::Topic("locales"), Scope::PACKAGES]
    }
}
