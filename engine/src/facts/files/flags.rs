use super::Entry;
use crate::{Args, Fact, Result, Scope, Shell, sh};

/// The flags of a file or directory on BSD and macOS: `hidden`, `uchg`. Empty elsewhere.
///
/// ```rhai
/// let flags = host.fact("files.flags", "/Users/app/Library");
/// ```
#[derive(Clone, Debug, Args)]
#[args("files.flags")]
pub struct Flags {
    /// The path.
    pub path: String,
}

impl Fact for Flags {
    type Output = Vec<String>;

    fn command(&self) -> Shell {
        let path = Entry { path: self.path.clone() }.operand();
        sh!("! test -e {path} || stat -f %Sf {path}")
    }

    fn parse(&self, output: &str) -> Result<Vec<String>> {
        let line = output.lines().next().unwrap_or_default();
        // BSD prints `-` where no flag is set.
        let flags = line.split(',').map(str::trim).filter(|it| !it.is_empty() && *it != "-");
        Ok(flags.map(str::to_owned).collect())
    }

    fn requires(&self) -> Option<&'static str> {
        // Where they cannot be set, they need not be read.
        Some("chflags")
    }

    fn reads(&self) -> Vec<Scope> {
        vec![Scope::path(&self.path)]
    }
}
