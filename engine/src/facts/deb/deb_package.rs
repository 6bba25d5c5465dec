use serde::{Deserialize, Serialize};

use crate::{Args, Fact, Result, Scope, Shell, sh};

/// Name and version of a `.deb` archive or of an installed package.
///
/// A path that ends in `.deb` and names a file is looked into; everything else is the name of a
/// package. `()` where there is no such package, nor file.
///
/// ```rhai
/// let agent = host.fact("deb.deb_package", "/opt/agent.deb");
/// if agent != () { host.log(`${agent.name} ${agent.version}`); }
/// ```
#[derive(Clone, Debug, Args)]
#[args("deb.deb_package")]
pub struct DebPackage {
    /// The path of an archive, or the name of a package.
    pub package: String,
}

/// Name and version of a package.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct DebPackageInfo {
    /// The name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The version.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
}

impl Fact for DebPackage {
    type Output = Option<DebPackageInfo>;

    fn command(&self) -> Shell {
        let package = &self.package;
        let path = if package.starts_with('-') { format!("./{package}") } else { package.clone() };
        sh!("case {package} in *.deb) test -f {path} ;; *) false ;; esac \
            && dpkg-deb -f {path} Package Version \
            || {{ dpkg -s -- {package} 2>/dev/null || true; }}")
    }

    fn parse(&self, output: &str) -> Result<Self::Output> {
        let field = |name: &str| {
            let line = output.lines().find_map(|line| line.trim().strip_prefix(name))?;
            Some(line.trim().to_owned())
        };
        // A package that was removed but not purged still has a name and a version.
        if field("Status:").is_some_and(|status| !status.ends_with(" installed")) {
            return Ok(None);
        }
        Ok(Some(DebPackageInfo { name: field("Package:"), version: field("Version:") }))
    }

    fn requires(&self) -> Option<&'static str> {
        Some("dpkg")
    }

    fn reads(&self) -> Vec<Scope> {
        vec![Scope::PACKAGES, Scope::path(&self.package)]
    }
}
