//! The index of a package manager: what there is to install.

use super::work::any_output;
use crate::command::Output;
use crate::facts::outdated::INDEX;
use crate::{Commands, Scope, Shell, sh};

/// What is printed where renewing the index brought nothing.
const SAME: &str = "the index is as it was";

/// A line that renews the index, and tells whether these files are others then.
pub(crate) fn renew(line: &Shell, files: &'static str) -> Shell {
    let files = Shell::raw(files);
    let before = sh!("old=$(cat {files} 2>/dev/null | cksum)");
    sh!("{before}; {line} && if [ \"$old\" = \"$(cat {files} 2>/dev/null | cksum)\" ]; \
        then echo {SAME}; fi")
}

/// Whether anything new came with the index.
pub(crate) fn renewed(outputs: &[Output]) -> bool {
    let quiet = [SAME, "Already up-to-date", "is up-to-date"];
    !any_output(outputs, |text| quiet.iter().any(|it| text.contains(it)))
}

/// Renews the index and does nothing else.
pub(crate) fn update(line: Shell) -> Commands {
    let mut todo = Commands::from(line);
    todo.attribute("packages", "index", "stale", "renewed");
    todo.changed = Some(renewed);
    todo
}

/// What renewing the index touches.
pub(crate) fn touches() -> Vec<Scope> {
    vec![INDEX]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_index_that_is_as_it_was_is_no_change() {
        for (text, expected) in [
            ("fetch https://x\nthe index is as it was\n", false),
            ("Already up-to-date.\n", false),
            ("fetch https://x\n", true),
        ] {
            let output = Output { stdout: text.into(), ..Output::default() };
            assert_eq!(renewed(&[output]), expected, "{text}");
        }
    }
}
