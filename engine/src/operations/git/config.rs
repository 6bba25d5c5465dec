use crate::facts::git::GitConfig;
use crate::{Args, Commands, Host, Operation, Result, Shell, sh};

/// Set one of Git's settings: for the account, the system, or one repository.
///
/// ```rhai
/// git.config("user.name", "Ann Example", #{ _sudo_user: "ann" });
/// git.config("fetch.prune", "true", #{ repo: "/srv/app" });
/// git.config("safe.directory", "/srv/app", #{ system: true, multi_value: true });
/// ```
#[derive(Debug, Args)]
#[args("git.config")]
pub(crate) struct Config {
    /// The key: `user.name`.
    key: String,

    /// The value.
    value: String,

    /// Add the value to those that the key has, instead of replacing them.
    #[arg(default = false)]
    multi_value: bool,

    /// The directory of a repository. Default: the account's settings.
    repo: Option<String>,

    /// Without `repo`: the system's settings.
    #[arg(default = false)]
    system: bool,
}

impl Operation for Config {
    fn plan(&self, host: &Host<'_>) -> Result<Commands> {
        let fact =
            GitConfig { repo: self.repo.clone(), system: self.system && self.repo.is_none() };
        let settings = host.fact(&fact)?;
        let key = normal(&self.key);
        let now = settings.get(&key).map(Vec::as_slice).unwrap_or_default();
        let is_set = if self.multi_value {
            now.contains(&self.value)
        } else {
            matches!(now, [one] if *one == self.value)
        };
        if is_set {
            return Ok(Commands::none(format!("git config {} is {}", self.key, self.value)));
        }
        let mut flags = Shell::new();
        flags.flag("--add", self.multi_value);
        flags.flag("--replace-all", !self.multi_value && now.len() > 1);
        let mut todo = Commands::from(match &self.repo {
            Some(repo) => {
                sh!("cd {repo} && git config --local {flags} {self.key} {self.value}")
            }
            None if self.system => sh!("git config --system {flags} {self.key} {self.value}"),
            None => sh!("git config --global {flags} {self.key} {self.value}"),
        });
        let mut values = if self.multi_value { now.to_vec() } else { Vec::new() };
        values.push(self.value.clone());
        todo.attribute("git config", &self.key, now.join(", "), values.join(", "));
        let mut after = (*settings).clone();
        after.insert(key, values);
        todo.then(&fact, after);
        Ok(todo)
    }
}

/// The key as Git lists it: section and name in small letters, what stands between as it is.
fn normal(key: &str) -> String {
    let (Some((section, _)), Some((middle, name))) = (key.split_once('.'), key.rsplit_once('.'))
    else {
        return key.to_lowercase();
    };
    let middle = middle.get(section.len()..).unwrap_or_default();
    format!("{}{middle}.{}", section.to_lowercase(), name.to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_equal_as_git_sees_them() {
        for (key, expected) in [
            ("User.Name", "user.name"),
            ("URL.https://Example.com/.insteadOf", "url.https://Example.com/.insteadof"),
            ("Odd", "odd"),
        ] {
            assert_eq!(normal(key), expected);
        }
    }
}
