use super::text;
use crate::{Args, Fact, Result, Scope, Shell, sh};

/// The name and version of an installed package: `screen-4.9.1_5`; `()` where it is not installed.
///
/// ```rhai
/// if host.fact("freebsd.pkg_package", "screen") == () { host.log("screen is not installed"); }
/// ```
#[derive(Clone, Debug, Args)]
#[args("freebsd.pkg_package")]
pub struct PkgPackage {
    /// Name of the package.
    pub package: String,

    /// The jail. Default: the host itself.
    pub jail: Option<String>,
}

impl Fact for PkgPackage {
    type Output = Option<String>;

    fn command(&self) -> Shell {
        let mut pkg = sh!("pkg");
        pkg.opt("-j", self.jail.as_ref());
        sh!("{pkg} info -E -- {self.package} 2>/dev/null || true")
    }

    fn parse(&self, output: &str) -> Result<Self::Output> {
        Ok(text(output))
    }

    fn reads(&self) -> Vec<Scope> {
        vec![Scope::PACKAGES]
    }
}
