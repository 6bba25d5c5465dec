use super::pairs;
use crate::facts::installed::{Installed, of_language};
use crate::{Args, Fact, Result, Scope, Shell, sh};

/// All Python packages that `uv pip` sees by name, each with its version.
///
/// ```rhai
/// let packages = host.fact("uv.uv_pip_packages", ["--python", "/srv/app/venv"]);
/// ```
#[derive(Clone, Debug, Args)]
#[args("uv.uv_pip_packages")]
pub struct UvPipPackages {
    /// Arguments that say which environment is meant: `--system`, `--python` with a path, …
    #[arg(default = Vec::<String>::new())]
    pub environment: Vec<String>,
}

impl Fact for UvPipPackages {
    type Output = Installed;

    /// uv fails where there is no environment.
    fn command(&self) -> Shell {
        sh!("uv pip list --format json {self.environment} 2>/dev/null || true")
    }

    fn parse(&self, output: &str) -> Result<Self::Output> {
        let mut installed = Installed::default();
        for (name, version) in pairs(output, "name", "version") {
            installed.add(name, version);
        }
        Ok(installed)
    }

    fn requires(&self) -> Option<&'static str> {
        Some("uv")
    }

    fn reads(&self) -> Vec<Scope> {
        of_language()
    }
}
