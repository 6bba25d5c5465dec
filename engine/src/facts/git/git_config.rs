use indexmap::IndexMap;

use super::operand;
use crate::{Args, Fact, Result, Scope, Shell, sh};

/// Git's settings by key, each with all its values: those of a repository, the system, or the account.
///
/// ```rhai
/// let mail = host.fact("git.git_config")["user.email"];
/// ```
#[derive(Clone, Debug, Args)]
#[args("git.git_config")]
pub struct GitConfig {
    /// The directory of a repository. Default: the account's settings.
    pub repo: Option<String>,

    /// The system's settings instead of the account's.
    #[arg(default = false)]
    pub system: bool,
}

impl Fact for GitConfig {
    type Output = IndexMap<String, Vec<String>>;

    fn command(&self) -> Shell {
        match &self.repo {
            Some(repo) => {
                let repo = operand(repo);
                sh!(
                    "! test -d {repo} || (cd {repo} && git config --local -l -z 2>/dev/null) || true"
                )
            }
            None if self.system => sh!("git config --system -l -z 2>/dev/null || true"),
            None => sh!("git config --global -l -z 2>/dev/null || true"),
        }
    }

    /// `key`, a line break, the value, and a zero byte; without zero bytes, lines of `key=value`.
    fn parse(&self, output: &str) -> Result<Self::Output> {
        let (end, between) = if output.contains('\0') { ('\0', '\n') } else { ('\n', '=') };
        let mut settings: IndexMap<String, Vec<String>> = IndexMap::new();
        for entry in output.split(end).filter(|it| !it.is_empty()) {
            // A key alone means that it is true.
            let (key, value) = entry.split_once(between).unwrap_or((entry, "true"));
            settings.entry(key.to_owned()).or_default().push(value.to_owned());
        }
        Ok(settings)
    }

    fn requires(&self) -> Option<&'static str> {
        Some("git")
    }

    fn reads(&self) -> Vec<Scope> {
        match &self.repo {
            Some(repo) => vec![Scope::tree(repo)],
            None if self.system => vec![Scope::tree("/etc")],
            None => vec![Scope::tree("/root"), Scope::tree("/home"), Scope::ACCOUNTS],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_may_have_several_lines() {
        let fact = GitConfig { repo: None, system: false };
        let read = fact.parse("a.b\nx=y\0a.b\ntwo\nlines\0c.d\0").unwrap();
        assert_eq!(read["a.b"], ["x=y", "two\nlines"]);
        assert_eq!(read["c.d"], ["true"]);
        assert_eq!(fact.parse("a.b=x=y\n").unwrap()["a.b"], ["x=y"]);
    }
}
