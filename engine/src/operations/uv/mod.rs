//! uv: packages, tools, Pythons and virtual environments.

mod packages;
mod pythons;
mod tools;
mod tools_update_shell;
mod tools_upgrade_all;
mod venv;

use crate::args::{Arg, Kind, OneOrMany};
use crate::command::Output;
use crate::operation::OpDef;
use crate::operations::packages::work::any_output;
use crate::value::Value;
use crate::{Shell, sh};

pub(super) const OPERATIONS: &[OpDef] = &[
    OpDef::of::<packages::EnsurePackages>(),
    OpDef::of::<pythons::Pythons>(),
    OpDef::of::<tools::EnsureTools>(),
    OpDef::of::<tools_update_shell::ToolsUpdateShell>(),
    OpDef::of::<tools_upgrade_all::ToolsUpgradeAll>(),
    OpDef::of::<venv::Venv>(),
];

/// More arguments: one text as it would stand on a command line, or a list of words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Extra {
    /// As it would stand on a command line.
    Text(String),
    /// Words.
    Words(Vec<String>),
}

impl Arg for Extra {
    const KIND: Kind = OneOrMany::<String>::KIND;

    fn read(value: &Value) -> Option<Self> {
        match value {
            Value::List(_) => Vec::read(value).map(Self::Words),
            value => String::read(value).map(Self::Text),
        }
    }

    fn write(&self) -> Value {
        match self {
            Self::Text(text) => text.write(),
            Self::Words(words) => words.write(),
        }
    }
}

impl Extra {
    /// The arguments as shell text.
    fn shell(extra: Option<&Self>) -> Shell {
        match extra {
            None => Shell::new(),
            Some(Self::Text(text)) => Shell::verbatim(text.trim()),
            Some(Self::Words(words)) => sh!("{words}"),
        }
    }

    /// Those that say which environment is meant.
    fn environment(extra: Option<&Self>) -> Vec<String> {
        let words: Vec<&str> = match extra {
            None => Vec::new(),
            Some(Self::Text(text)) => text.split_whitespace().collect(),
            Some(Self::Words(words)) => words.iter().map(String::as_str).collect(),
        };
        let mut found = Vec::new();
        let mut words = words.into_iter();
        while let Some(word) = words.next() {
            let name = word.split('=').next().unwrap_or(word);
            match name {
                "--system" => found.push(word.to_owned()),
                "--python" | "-p" | "--target" | "--prefix" => {
                    found.push(word.to_owned());
                    if name == word {
                        found.extend(words.next().map(str::to_owned));
                    }
                }
                _ => {}
            }
        }
        found
    }
}

/// Whether uv installed or removed any package: it lists each behind a sign.
fn changed(outputs: &[Output]) -> bool {
    let is_change =
        |line: &str| ["+ ", "- ", "~ "].iter().any(|it| line.trim_start().starts_with(it));
    any_output(outputs, |text| text.lines().any(is_change))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_environment_that_is_meant() {
        let text = |it: &str| Extra::Text(it.to_owned());
        for (extra, expected) in [
            (text("--no-cache"), &[][..]),
            (text("--no-cache --python /srv/venv --quiet"), &["--python", "/srv/venv"]),
            (text("--system"), &["--system"]),
            (Extra::Words(vec!["--target=/srv/lib".to_owned()]), &["--target=/srv/lib"]),
        ] {
            assert_eq!(Extra::environment(Some(&extra)), expected, "{extra:?}");
        }
    }

    #[test]
    fn uv_says_whether_it_changed_anything() {
        for (text, expected) in [
            ("Resolved 1 package in 2ms\nAudited 1 package in 1ms\n", false),
            ("Installed 1 package in 2ms\n + ruff==0.4.1\n", true),
        ] {
            let output = Output { stderr: text.into(), ..Output::default() };
            assert_eq!(changed(&[output]), expected, "{text}");
        }
    }
}
