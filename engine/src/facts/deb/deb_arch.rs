use crate::{Args, Fact, Result, Scope, Shell, sh};

/// The architecture of packages, as apt's sources name it: `amd64`.
///
/// ```rhai
/// let arch = host.fact("deb.deb_arch");
/// host.log(`packages are for ${arch}`);
/// ```
#[derive(Clone, Debug, Args)]
#[args("deb.deb_arch")]
pub struct DebArch {}

impl Fact for DebArch {
    type Output = Option<String>;

    fn command(&self) -> Shell {
        sh!("dpkg --print-architecture")
    }

    fn parse(&self, output: &str) -> Result<Self::Output> {
        Ok(Some(output.trim().to_owned()))
    }

    fn requires(&self) -> Option<&'static str> {
        Some("dpkg")
    }

    fn reads(&self) -> Vec<Scope> {
        vec![Scope::SYSTEM]
    }
}
