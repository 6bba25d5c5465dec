//! Files of lines that are edited as a whole and written atomically.

use crate::Commands;
use crate::bytes::encode;
use crate::command::{Content, Diff, Put};
use crate::facts::files::{FileContents, Text};

/// Writes `after` to a file in which `before` stands, owner and mode kept; nothing where both are the
/// same.
pub(super) fn rewrite(todo: &mut Commands, path: &str, before: Option<String>, after: String) {
    if before.as_ref() == Some(&after) {
        return;
    }
    todo.put(Put {
        path: path.to_owned(),
        content: Content::Bytes(encode(&after).into()),
        ..Put::default()
    });
    todo.then(&Text::at(path), Some(after.clone()));
    let lines = after.lines().map(str::to_owned).collect();
    todo.then(&FileContents { path: path.to_owned() }, Some(lines));
    todo.diff.push(Diff::Text { path: path.to_owned(), before, after: Some(after) });
}

/// The text with one line for a setting: `line`, where the first line stands that `sets` the same;
/// the others that do are dropped. At the end where there is none.
pub(super) fn with_line(text: &str, line: &str, sets: impl Fn(&str) -> bool) -> String {
    let mut after = String::new();
    let mut placed = false;
    for old in text.lines() {
        if !sets(old) {
            push_line(&mut after, old);
        } else if !placed {
            placed = true;
            push_line(&mut after, line);
        }
    }
    if !placed {
        push_line(&mut after, line);
    }
    after
}

/// Appends a line and its end.
pub(super) fn push_line(text: &mut String, line: &str) {
    text.push_str(line);
    text.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_setting_has_one_line() {
        let sets = |line: &str| line.starts_with("a=");
        for (text, expected) in [
            ("", "a=2\n"),
            ("b=1", "b=1\na=2\n"),
            ("a=1\nb=1\na=3\n", "a=2\nb=1\n"),
            ("a=2\nb=1\n", "a=2\nb=1\n"),
        ] {
            assert_eq!(with_line(text, "a=2", sets), expected, "{text:?}");
            assert_eq!(with_line(expected, "a=2", sets), expected, "{expected:?}");
        }
    }
}
