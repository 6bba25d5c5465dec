use serde::{Deserialize, Serialize};

use super::{database, read};
use crate::{Args, Fact, Result, Scope, Shell, sh};

/// The `name` and `version` of an installed package, or of the one in an `.rpm` file; `()` where there is none.
///
/// ```rhai
/// let agent = host.fact("rpm.rpm_package", "/opt/agent.rpm");
/// if agent != () { host.log(agent.version); }
/// ```
#[derive(Clone, Debug, Args)]
#[args("rpm.rpm_package")]
pub struct RpmPackage {
    /// The name of a package, or the path of a file.
    pub package: String,
}

/// What rpm says of a package.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RpmPackageInfo {
    /// Its name.
    pub name: String,
    /// Version and release.
    pub version: String,
}

impl Fact for RpmPackage {
    type Output = Option<RpmPackageInfo>;

    fn command(&self) -> Shell {
        sh!(
            "rpm --queryformat '%{{NAME}} %{{VERSION}}-%{{RELEASE}}\\n' -q {self.package} 2>/dev/null || \
            ! test -e {self.package} || \
            rpm --queryformat '%{{NAME}} %{{VERSION}}-%{{RELEASE}}\\n' -qp {self.package} 2>/dev/null || true"
        )
    }

    fn parse(&self, output: &str) -> Result<Self::Output> {
        Ok(output.lines().find_map(read).map(|(name, version)| RpmPackageInfo {
            name: name.to_owned(),
            version: version.to_owned(),
        }))
    }

    fn requires(&self) -> Option<&'static str> {
        Some("rpm")
    }

    fn reads(&self) -> Vec<Scope> {
        let mut scopes = database();
        scopes.push(Scope::path(&self.package));
        scopes
    }
}
