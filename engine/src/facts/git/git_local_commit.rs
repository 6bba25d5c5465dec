use super::{commit, operand};
use crate::{Args, Fact, Result, Scope, Shell, sh};

/// The commit that a name leads to in a repository; `()` where there is no such name or repository.
///
/// ```rhai
/// let revision = host.fact("git.git_local_commit", "/srv/app");
/// ```
#[derive(Clone, Debug, Args)]
#[args("git.git_local_commit")]
pub struct GitLocalCommit {
    /// The directory of the repository.
    pub repo: String,

    /// A branch, a tag, or anything else that Git takes for a commit.
    #[arg(default = "HEAD", name = "ref")]
    pub reference: String,
}

impl Fact for GitLocalCommit {
    type Output = Option<String>;

    fn command(&self) -> Shell {
        let repo = operand(&self.repo);
        let commit = format!("{}^{{commit}}", self.reference);
        sh!(
            "! test -d {repo} || (cd {repo} && git rev-parse -q --verify {commit} -- 2>/dev/null) || true"
        )
    }

    fn parse(&self, output: &str) -> Result<Self::Output> {
        Ok(commit(output))
    }

    fn requires(&self) -> Option<&'static str> {
        Some("git")
    }

    fn reads(&self) -> Vec<Scope> {
        vec![Scope::tree(&self.repo)]
    }
}
