use super::rewrite::{rewrite, with_line};
use crate::args::{OneOrMany, Scalar};
use crate::facts::files::Text;
use crate::facts::server::{self, setting};
use crate::{Args, Commands, Host, Operation, Result, Scope, sh};

/// Set a kernel setting, now and, with `persist`, after a restart.
///
/// ```rhai
/// server.sysctl("net.ipv4.ip_forward", 1, #{ persist: true, persist_file: "/etc/sysctl.d/60-router.conf" });
/// server.sysctl("net.ipv4.tcp_rmem", [4096, 87380, 6291456]);
/// ```
#[derive(Debug, Args)]
#[args("server.sysctl")]
pub(crate) struct Sysctl {
    /// Name of the setting.
    key: String,

    /// Its value, or values.
    value: OneOrMany<Scalar>,

    /// Write the setting to a file that is read when the host starts.
    #[arg(default = false)]
    persist: bool,

    /// That file.
    #[arg(default = "/etc/sysctl.conf")]
    persist_file: String,
}

impl Operation for Sysctl {
    fn plan(&self, host: &Host<'_>) -> Result<Commands> {
        let question = server::Sysctl { keys: Some(vec![self.key.clone()]) };
        host.want(&question);
        if self.persist {
            host.want(&Text::at(&self.persist_file));
        }
        let wanted = self.words().join(" ");
        let mut settings = host.fact(&question)?.as_ref().clone();
        let now = settings.get(&self.key).map(shown);
        let mut todo = Commands::default();
        if now.as_ref().map(|it| canonical(it)) != Some(canonical(&wanted)) {
            let assignment = format!("{}={wanted}", self.key);
            todo.run(sh!("sysctl -w {assignment}"));
            todo.attribute(&self.key, "value", now.unwrap_or_default(), &wanted);
            settings.insert(self.key.clone(), setting(&wanted));
            todo.then(&question, settings);
        }
        if self.persist {
            let before = host.fact(&Text::at(&self.persist_file))?.as_ref().clone();
            self.keep(&mut todo, before, &wanted);
        }
        if todo.is_empty() {
            return Ok(Commands::none(format!("{} is {wanted}", self.key)));
        }
        Ok(todo)
    }

    fn touches(&self) -> Vec<Scope> {
        let file = self.persist.then(|| Scope::path(&self.persist_file));
        [Scope::Topic("kernel")].into_iter().chain(file).collect()
    }
}

impl Sysctl {
    fn words(&self) -> Vec<&str> {
        self.value.iter().flat_map(|it| it.0.split_whitespace()).collect()
    }

    /// Makes the file set the setting once, to this value. A line that does so in other words stays.
    fn keep(&self, todo: &mut Commands, before: Option<String>, wanted: &str) {
        let text = before.as_deref().unwrap_or_default();
        let mut values = text.lines().filter_map(|line| value_of(line, &self.key));
        let first = values.next().map(canonical);
        if first == Some(canonical(wanted)) && values.next().is_none() {
            return;
        }
        let line = format!("{} = {wanted}", self.key);
        let after = with_line(text, &line, |line| value_of(line, &self.key).is_some());
        rewrite(todo, &self.persist_file, before, after);
    }
}

/// The value that a line of `sysctl.conf(5)` gives to a setting; a `-` before the name tells the host
/// to go on where it cannot be set.
fn value_of<'a>(line: &'a str, key: &str) -> Option<&'a str> {
    let (name, value) = line.split_once('=')?;
    let name = name.trim();
    (name.strip_prefix('-').unwrap_or(name) == key).then(|| value.trim())
}

/// A setting as text.
fn shown(value: &serde_json::Value) -> String {
    match value {
        serde_json::Value::String(text) => text.clone(),
        serde_json::Value::Array(items) => items.iter().map(shown).collect::<Vec<_>>().join(" "),
        other => other.to_string(),
    }
}

/// Values that say the same, the same: gaps of one space, numbers without leading zeros.
fn canonical(text: &str) -> Vec<String> {
    let number =
        |word: &str| word.parse::<i64>().map_or_else(|_| word.to_owned(), |it| it.to_string());
    text.split_whitespace().map(number).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(text: &str) -> Option<String> {
        let sysctl = Sysctl {
            key: "vm.x".into(),
            value: OneOrMany(vec![Scalar("1".into()), Scalar("2".into())]),
            persist: true,
            persist_file: "/etc/sysctl.conf".into(),
        };
        let mut todo = Commands::default();
        sysctl.keep(&mut todo, Some(text.to_owned()), &sysctl.words().join(" "));
        todo.diff.into_iter().find_map(|it| match it {
            crate::command::Diff::Text { after, .. } => after,
            crate::command::Diff::Attribute { .. } => None,
        })
    }

    #[test]
    fn a_setting_is_kept_once() {
        for (text, expected) in [
            ("", Some("vm.x = 1 2\n")),
            ("vm.x=1\t02\n", None),
            ("-vm.x = 1 2", None),
            ("vm.xy = 3\nvm.x = 3\nvm.x = 1 2\n", Some("vm.xy = 3\nvm.x = 1 2\n")),
            ("#vm.x = 1 2\n", Some("#vm.x = 1 2\nvm.x = 1 2\n")),
        ] {
            assert_eq!(kept(text).as_deref(), expected, "{text:?}");
        }
    }
}
