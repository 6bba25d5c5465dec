use super::database;
use super::rpm_package_provides::pairs;
use crate::{Args, Fact, Result, Scope, Shell, sh};

/// The installed packages that provide a capability: a name, a file, a program. Each is a list of name and
/// version.
///
/// ```rhai
/// if host.fact("rpm.providers", "vim").len() > 0 { host.log("something provides vim"); }
/// ```
#[derive(Clone, Debug, Args)]
#[args("rpm.providers")]
pub struct Providers {
    /// The capability.
    pub package: String,
}

impl Fact for Providers {
    type Output = Vec<(String, String)>;

    fn command(&self) -> Shell {
        sh!("rpm --queryformat '%{{NAME}} %{{VERSION}}-%{{RELEASE}}\\n' \
            -q --whatprovides {self.package} 2>/dev/null || true")
    }

    fn parse(&self, output: &str) -> Result<Self::Output> {
        Ok(pairs(output))
    }

    fn requires(&self) -> Option<&'static str> {
        Some("rpm")
    }

    fn reads(&self) -> Vec<Scope> {
        database()
    }
}
