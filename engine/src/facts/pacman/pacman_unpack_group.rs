use crate::facts::outdated::INDEX;
use crate::{Args, Fact, Result, Scope, Shell, sh};

/// Names of the packages that pacman would install for a name: of a group its members, of a virtual
/// package the one that provides it.
///
/// ```rhai
/// for package in host.fact("pacman.pacman_unpack_group", "base-devel") { host.log(package); }
/// ```
#[derive(Clone, Debug, Args)]
#[args("pacman.pacman_unpack_group")]
pub struct PacmanUnpackGroup {
    /// The group or package.
    pub package: String,
}

impl Fact for PacmanUnpackGroup {
    type Output = Vec<String>;

    fn command(&self) -> Shell {
        sh!("pacman -S --noconfirm --print-format %n {self.package} 2>/dev/null || true")
    }

    fn parse(&self, output: &str) -> Result<Self::Output> {
        let names = output.lines().map(str::trim).filter(|it| !it.is_empty());
        Ok(names.map(str::to_owned).collect())
    }

    fn requires(&self) -> Option<&'static str> {
        Some("pacman")
    }

    fn reads(&self) -> Vec<Scope> {
        vec![Scope::PACKAGES, INDEX]
    }
}
