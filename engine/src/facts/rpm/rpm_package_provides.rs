use super::{database, read};
use crate::facts::outdated::INDEX;
use crate::{Args, Fact, Result, Scope, Shell, sh};

/// The packages in the repositories that provide a capability: a name, a file, a program. Each is a list of
/// name and version.
///
/// dnf looks it up, which may take seconds. `rpm.providers` asks for installed packages only.
///
/// ```rhai
/// for package in host.fact("rpm.rpm_package_provides", "/usr/bin/vim") { host.log(package[0]); }
/// ```
#[derive(Clone, Debug, Args)]
#[args("rpm.rpm_package_provides")]
pub struct RpmPackageProvides {
    /// The capability.
    pub package: String,
}

impl Fact for RpmPackageProvides {
    type Output = Vec<(String, String)>;

    fn command(&self) -> Shell {
        sh!("dnf repoquery --quiet --queryformat '%{{NAME}} %{{VERSION}}-%{{RELEASE}}\\n' \
            --whatprovides {self.package} 2>/dev/null || true")
    }

    fn parse(&self, output: &str) -> Result<Self::Output> {
        Ok(pairs(output))
    }

    fn requires(&self) -> Option<&'static str> {
        Some("dnf")
    }

    fn reads(&self) -> Vec<Scope> {
        let mut scopes = database();
        scopes.push(INDEX);
        scopes
    }
}

/// Names and versions.
pub(super) fn pairs(output: &str) -> Vec<(String, String)> {
    let pairs = output.lines().filter_map(read);
    pairs.map(|(name, version)| (name.to_owned(), version.to_owned())).collect()
}
