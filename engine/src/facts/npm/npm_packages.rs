use crate::facts::installed::{Installed, of_language};
use crate::{Args, Fact, Result, Scope, Shell, sh};

/// All packages of Node.js by name, each with its version: those of the whole host, or of a directory.
///
/// ```rhai
/// let packages = host.fact("npm.npm_packages", "/srv/app");
/// ```
#[derive(Clone, Debug, Args)]
#[args("npm.npm_packages")]
pub struct NpmPackages {
    /// The directory of a project. Default: packages of the whole host.
    pub directory: Option<String>,
}

impl Fact for NpmPackages {
    type Output = Installed;

    /// npm fails where something is missing or too much, and lists the rest all the same.
    fn command(&self) -> Shell {
        if let Some(directory) = &self.directory {
            return sh!("! test -d {directory} || \
                (cd {directory} && npm list --depth=0 2>/dev/null || true)");
        }
        sh!("npm list -g --depth=0 2>/dev/null || true")
    }

    fn parse(&self, output: &str) -> Result<Self::Output> {
        Ok(Installed::read(output, read))
    }

    fn requires(&self) -> Option<&'static str> {
        Some("npm")
    }

    fn reads(&self) -> Vec<Scope> {
        let own = self.directory.iter().map(Scope::tree);
        of_language().into_iter().chain([Scope::tree("/usr/lib/node_modules")]).chain(own).collect()
    }
}

/// `├── @scope/thing@1.9.0 extraneous`, with `+--` and a backquote where the account's language has no lines.
fn read(line: &str) -> Option<(&str, &str)> {
    let (lines, entry) = line.split_once("─ ").or_else(|| line.split_once("-- "))?;
    if lines.contains(char::is_alphanumeric) || entry.starts_with("UNMET ") {
        return None;
    }
    let entry = entry.split(' ').next()?;
    let (name, version) = entry.rsplit_once('@')?;
    (!name.is_empty()).then_some((name, version))
}
