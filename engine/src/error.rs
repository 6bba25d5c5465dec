//! What can go wrong, as a sentence and a hint. The place (script line, host) is added by the layer
//! that knows it.

use std::fmt;
use std::sync::Arc;

/// A result of the engine.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Something that went wrong, or cannot be answered yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    /// What kind of trouble it is; decides how a run goes on and how it exits.
    pub kind: ErrorKind,
    /// A lower-case sentence without a full stop.
    pub message: String,
    /// What the reader can do about it.
    pub hint: Option<String>,
    /// The argument that is wrong, so that its place in the script can be shown.
    pub argument: Option<String>,
}

/// Kinds of trouble.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// Facts are missing that have been asked for; once they are there, the same call goes on.
    Pending,
    /// It depends on what an earlier operation will do, so it is known only in the run.
    Unknown,
    /// The script, its data or the command line is wrong; found before anything changes.
    Usage,
    /// The host is not as the operation needs it, or a command failed there.
    Failed,
    /// The host cannot be reached, or no longer answers.
    Unreachable,
    /// The user ended the run.
    Interrupted,
}

impl Error {
    fn new(kind: ErrorKind, message: String) -> Self {
        Self { kind, message, hint: None, argument: None }
    }

    /// Facts are missing.
    pub fn pending() -> Self {
        Self::new(ErrorKind::Pending, "facts are missing".to_owned())
    }

    /// Not known before the run has come there.
    pub fn unknown(why: impl Into<Arc<str>>) -> Self {
        Self::new(ErrorKind::Unknown, why.into().to_string())
    }

    /// The script, its data or the command line is wrong.
    pub fn usage(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Usage, message.into())
    }

    /// The host is not as needed, or a command failed.
    pub fn failed(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Failed, message.into())
    }

    /// The host cannot be reached.
    pub fn unreachable(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Unreachable, message.into())
    }

    /// The user ended the run.
    pub fn interrupted() -> Self {
        Self::new(ErrorKind::Interrupted, "interrupted".to_owned())
    }

    /// The same error with advice.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// The same error, laid at one argument's door.
    #[must_use]
    pub fn argument(mut self, name: impl Into<String>) -> Self {
        self.argument = Some(name.into());
        self
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {}

/// The known name that is most like `wrong`, if one is close enough to have been meant.
pub fn closest<'a>(wrong: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let limit = (wrong.chars().count() / 3).max(1);
    known
        .into_iter()
        .map(|name| (distance(wrong, name), name))
        .filter(|(far, name)| *far <= limit || (wrong.len() > 2 && name.starts_with(wrong)))
        .min_by_key(|(far, name)| (*far, name.len().abs_diff(wrong.len())))
        .map(|(_, name)| name)
}

/// "did you mean `x`?" for the closest known name.
pub fn did_you_mean<'a>(wrong: &str, known: impl IntoIterator<Item = &'a str>) -> Option<String> {
    closest(wrong, known).map(|name| format!("did you mean `{name}`?"))
}

/// Edits (insert, delete, replace, swap of neighbours) from one word to the other.
fn distance(left: &str, right: &str) -> usize {
    let left: Vec<char> = left.chars().flat_map(char::to_lowercase).collect();
    let right: Vec<char> = right.chars().flat_map(char::to_lowercase).collect();
    let mut rows: Vec<Vec<usize>> = vec![(0..=right.len()).collect()];
    for (i, a) in left.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, b) in right.iter().enumerate() {
            let cell = |row: Option<&Vec<usize>>, at: usize| {
                row.and_then(|row| row.get(at)).copied().unwrap_or(usize::MAX - 1)
            };
            let above = rows.last();
            let mut best = (cell(above, j) + usize::from(a != b))
                .min(cell(above, j + 1) + 1)
                .min(cell(Some(&row), j) + 1);
            if i > 0 && j > 0 && left.get(i - 1) == Some(b) && right.get(j - 1) == Some(a) {
                best = best.min(cell(rows.get(i - 1), j - 1) + 1);
            }
            row.push(best);
        }
        rows.push(row);
    }
    rows.last().and_then(|row| row.last()).copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn suggests_only_what_is_close() {
        let known = ["shell", "home", "groups", "present"];
        for (wrong, expected) in [
            ("shel", Some("shell")),
            ("groupss", Some("groups")),
            ("hoem", Some("home")),
            ("pres", Some("present")),
            ("Shell", Some("shell")),
            ("colour", None),
        ] {
            assert_eq!(closest(wrong, known), expected, "{wrong}");
        }
    }
}
