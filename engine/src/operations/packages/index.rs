//! The index of a package manager: what there is to install.

use super::work::any_output;
use crate::command::Output;
use crate::{Commands, Shell, sh};

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
pub(crate) fn renewing(line: Shell) -> Commands {
    let mut todo = Commands::from(line);
    todo.attribute("packages", "index", "stale", "renewed");
    todo.changed = Some(renewed);
    todo
}

/// An operation that renews the index of its module's package manager: its manual and its name.
macro_rules! update {
    ($(#[$doc:meta])* $name:literal) => {
        $(#[$doc])*
        #[derive(Debug, crate::Args)]
        #[args($name)]
        pub(crate) struct Update {}

        impl crate::Operation for Update {
            fn plan(&self, _host: &crate::Host<'_>) -> crate::Result<crate::Commands> {
                Ok(crate::operations::packages::index::renewing(super::update()))
            }

            fn touches(&self) -> Vec<crate::Scope> {
                vec![crate::facts::outdated::INDEX]
            }
        }
    };
}

pub(crate) use update;

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
