use super::{commit, operand};
use crate::{Args, Fact, Result, Shell, sh};

/// The commit that a branch, or else a tag, is at in a remote repository; `()` where the remote does not
/// answer or has neither.
///
/// ```rhai
/// let newest = host.fact("git.git_remote_branch_commit", "/srv/app", #{ branch: "main" });
/// ```
#[derive(Clone, Debug, Args)]
#[args("git.git_remote_branch_commit")]
pub struct GitRemoteBranchCommit {
    /// The directory of the repository.
    pub repo: String,

    /// Name of the remote.
    #[arg(default = "origin")]
    pub remote: String,

    /// The branch. Default: the one that the remote is at.
    pub branch: Option<String>,
}

impl Fact for GitRemoteBranchCommit {
    type Output = Option<String>;

    /// Git asks for no password: nobody would answer.
    fn command(&self) -> Shell {
        let repo = operand(&self.repo);
        // Git sorts by name, and heads come before tags.
        let refs = match &self.branch {
            Some(branch) => vec![format!("refs/heads/{branch}"), format!("refs/tags/{branch}")],
            None => vec!["HEAD".to_owned()],
        };
        sh!("! test -d {repo} || (cd {repo} && \
            GIT_TERMINAL_PROMPT=0 git ls-remote -- {self.remote} {refs} 2>/dev/null) || true")
    }

    fn parse(&self, output: &str) -> Result<Self::Output> {
        Ok(commit(output))
    }

    fn requires(&self) -> Option<&'static str> {
        Some("git")
    }
}
