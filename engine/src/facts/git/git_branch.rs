use super::operand;
use crate::{Args, Fact, Result, Scope, Shell, sh};

/// The branch that a repository is at, whatever tags its commit has, else a tag; `()` where there is
/// no repository.
///
/// ```rhai
/// if host.fact("git.git_branch", "/srv/app") != "main" { host.log("not at main"); }
/// ```
#[derive(Clone, Debug, Args)]
#[args("git.git_branch")]
pub struct GitBranch {
    /// The directory of the repository.
    pub repo: String,
}

impl Fact for GitBranch {
    type Output = Option<String>;

    /// A branch has a name of its own; otherwise whatever name leads to the commit.
    fn command(&self) -> Shell {
        let repo = operand(&self.repo);
        sh!(
            "! test -d {repo} || (cd {repo} && {{ git symbolic-ref -q --short HEAD || git describe --all; }})"
        )
    }

    fn parse(&self, output: &str) -> Result<Self::Output> {
        let name = output.trim();
        let bare = name.strip_prefix("heads/").or_else(|| name.strip_prefix("tags/"));
        Ok(Some(bare.unwrap_or(name).to_owned()))
    }

    fn requires(&self) -> Option<&'static str> {
        Some("git")
    }

    fn reads(&self) -> Vec<Scope> {
        vec![Scope::tree(&self.repo)]
    }
}
