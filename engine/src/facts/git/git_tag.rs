use super::operand;
use crate::{Args, Fact, Result, Scope, Shell, sh};

/// The tags of a repository; none where there is no repository.
///
/// ```rhai
/// if "v2.0" in host.fact("git.git_tag", "/srv/app") { host.log("2.0 is there"); }
/// ```
#[derive(Clone, Debug, Args)]
#[args("git.git_tag")]
pub struct GitTag {
    /// The directory of the repository.
    pub repo: String,
}

impl Fact for GitTag {
    type Output = Vec<String>;

    fn command(&self) -> Shell {
        let repo = operand(&self.repo);
        sh!("! test -d {repo} || (cd {repo} && git tag)")
    }

    fn parse(&self, output: &str) -> Result<Self::Output> {
        Ok(output.lines().map(str::to_owned).collect())
    }

    fn requires(&self) -> Option<&'static str> {
        Some("git")
    }

    fn reads(&self) -> Vec<Scope> {
        vec![Scope::tree(&self.repo)]
    }
}
