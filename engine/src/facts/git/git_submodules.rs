use indexmap::IndexMap;

use super::operand;
use crate::{Args, Fact, Result, Scope, Shell, sh};

/// The submodules of a repository by path: `ready`, `missing` (not checked out yet), `moved` (at another commit than the
/// repository says) or `conflict`. None where there is no repository.
///
/// ```rhai
/// let submodules = host.fact("git.git_submodules", "/srv/app");
/// if "missing" in submodules.values() { host.log("a submodule is not there yet"); }
/// ```
#[derive(Clone, Debug, Args)]
#[args("git.git_submodules")]
pub struct GitSubmodules {
    /// The directory of the repository.
    pub repo: String,

    /// Also the submodules of submodules.
    #[arg(default = false)]
    pub recursive: bool,
}

impl Fact for GitSubmodules {
    type Output = IndexMap<String, String>;

    fn command(&self) -> Shell {
        let repo = operand(&self.repo);
        let mut flags = Shell::new();
        flags.flag("--recursive", self.recursive);
        sh!("! test -d {repo} || (cd {repo} && git submodule status {flags} 2>/dev/null) || true")
    }

    /// A letter for the state, the commit, a space and the path; behind a path that is checked out, its commit's name in
    /// parentheses (`git-submodule(1)`).
    fn parse(&self, output: &str) -> Result<Self::Output> {
        let submodule = |line: &str| {
            let state = match line.chars().next()? {
                ' ' => "ready",
                '-' => "missing",
                '+' => "moved",
                'U' => "conflict",
                _ => return None,
            };
            let (_, path) = line.get(1..)?.split_once(' ')?;
            let path = match path.rsplit_once(" (") {
                Some((path, name)) if name.ends_with(')') && state != "missing" => path,
                _ => path,
            };
            Some((path.to_owned(), state.to_owned()))
        };
        Ok(output.lines().filter_map(submodule).collect())
    }

    fn requires(&self) -> Option<&'static str> {
        Some("git")
    }

    fn reads(&self) -> Vec<Scope> {
        vec![Scope::tree(&self.repo)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_state_has_a_word() {
        let output = " 93ed a (v1)\n-93ed b (x)\n+93ed c/d e (heads/main)\nU0000 f\n";
        let fact = GitSubmodules { repo: "/r".into(), recursive: false };
        let found = fact.parse(output).unwrap_or_default();
        let found: Vec<_> =
            found.iter().map(|(path, state)| (path.as_str(), state.as_str())).collect();
        let expected =
            [("a", "ready"), ("b (x)", "missing"), ("c/d e", "moved"), ("f", "conflict")];
        assert_eq!(found, expected);
    }
}
