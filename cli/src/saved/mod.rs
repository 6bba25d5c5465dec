//! What outlives a run: saved plans, and the journal that a run is resumed from.

pub(crate) mod journal;
pub(crate) mod plan;
pub(crate) mod state;

use crate::line::{self, Line, Word};

/// Options that say how a run is shown or begun, and those that hold a password: they are no part of what a
/// plan or a journal is about.
const LEFT_OUT: &[&str] = &[
    "dry",
    "yes",
    "plan-out",
    "resume",
    "detailed-exitcode",
    "diff",
    "quiet",
    "json",
    "profile",
    "log",
    "junit",
    "report",
    "no-color",
    "chdir",
];

/// Options that hold a secret: they are not saved, and must be given again.
const SECRET: &[&str] = &["ssh-password", "password", "ssh-key-password", "key-password"];

/// A command line as it is kept: what can be kept of it, and which of its options must be given again.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Kept {
    pub(crate) words: Vec<String>,
    pub(crate) again: Vec<String>,
}

/// A command line without what only concerns how the run is shown, and without secrets.
pub(crate) fn keep(line: &Line) -> Kept {
    let mut kept = Kept::default();
    let mut options = line.options.iter().peekable();
    while let Some(option) = options.next() {
        let takes_next = line::takes_next(option);
        let value = options.next_if(|_| takes_next);
        let Some(name) = option.strip_prefix("--") else { continue };
        let name = name.split_once('=').map_or(name, |(name, _)| name);
        if LEFT_OUT.contains(&name) {
            continue;
        }
        let words = [Some(option), value].into_iter().flatten();
        let is_secret = words.clone().any(|word| infra_engine::command::scrub(word) != *word);
        if is_secret || SECRET.contains(&name) {
            kept.again.push(format!("--{name}"));
        } else {
            kept.words.extend(words.cloned());
        }
    }
    kept.words.extend(line.first.iter().cloned());
    let plain = line.words.iter().filter_map(|word| match word {
        Word::Plain(text) => Some(text.clone()),
        _ => None,
    });
    kept.words.extend(plain);
    let exact: Vec<String> = line.words.iter().filter_map(exact).collect();
    if !exact.is_empty() {
        kept.words.push("--".to_owned());
        kept.words.extend(exact);
    }
    kept
}

/// A word that must stand after `--`.
fn exact(word: &Word) -> Option<String> {
    match word {
        Word::Plain(_) => None,
        Word::Exact(text) => Some(text.clone()),
        Word::Option(name, None) => Some(format!("--{name}")),
        Word::Option(name, Some(value)) => Some(format!("--{name}={value}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_what_a_run_is_about() {
        for (line, expected, again) in [
            ("web1 d.rhai --dry --plan-out p -v", "web1 d.rhai", ""),
            (
                "--limit a web1 d.rhai -y --data n=1 --data=m=2",
                "--limit a --data n=1 --data=m=2 web1 d.rhai",
                "",
            ),
            (
                "web1 --ssh-password x --password=y d.rhai",
                "web1 d.rhai",
                "--ssh-password --password",
            ),
            ("web1 d.rhai task --fast --n 5 k=v", "web1 d.rhai task -- --fast --n=5", ""),
            ("web1 server.shell -- --sudo", "web1 server.shell -- --sudo", ""),
        ] {
            let split = |text: &str| line::split(text.split_whitespace().map(str::to_owned));
            let kept = keep(&split(line));
            let words = if line.contains("k=v") {
                expected.replace("task", "task k=v")
            } else {
                expected.to_owned()
            };
            assert_eq!(
                (kept.words.join(" "), kept.again.join(" ")),
                (words, again.to_owned()),
                "{line}"
            );
            // What is kept means the same when it is read again.
            assert_eq!(keep(&split(&kept.words.join(" "))).words, kept.words);
        }
    }
}
