use super::operand;
use crate::{Args, Fact, Result, Scope, Shell, sh};

/// The remote branch that a repository's branch follows: `origin/main`; `()` where it follows none.
///
/// ```rhai
/// let upstream = host.fact("git.git_tracking_branch", "/srv/app");
/// ```
#[derive(Clone, Debug, Args)]
#[args("git.git_tracking_branch")]
pub struct GitTrackingBranch {
    /// The directory of the repository.
    pub repo: String,
}

impl Fact for GitTrackingBranch {
    type Output = Option<String>;

    fn command(&self) -> Shell {
        let repo = operand(&self.repo);
        sh!("! test -d {repo} || (cd {repo} && git status --branch --porcelain -uno)")
    }

    /// `## main...origin/main [behind 2]`
    fn parse(&self, output: &str) -> Result<Self::Output> {
        let first = output.lines().next().unwrap_or_default();
        let upstream = first.split_once("...").and_then(|(_, it)| it.split_whitespace().next());
        Ok(upstream.map(str::to_owned))
    }

    fn requires(&self) -> Option<&'static str> {
        Some("git")
    }

    fn reads(&self) -> Vec<Scope> {
        vec![Scope::tree(&self.repo)]
    }
}
