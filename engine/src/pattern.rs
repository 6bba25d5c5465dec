//! Shell patterns as Python's `fnmatch` and `find -path` read them: `*` is any text, slashes included,
//! `?` one character, `[a-z]` and `[!a-z]` one of a set. Everything else is itself.

use std::hash::{Hash, Hasher};

use regex::{Regex, RegexBuilder};

use crate::error::Error;

/// The error for a text that is no regular expression.
pub(crate) fn no_expression(text: &str, error: &regex::Error) -> Error {
    let why = error.to_string();
    let why = why.lines().last().unwrap_or_default().trim_start_matches("error: ");
    Error::usage(format!("`{text}` is no regular expression: {why}"))
}

/// Patterns, any of which may match.
#[derive(Clone, Debug, Default)]
pub struct Patterns {
    texts: Vec<String>,
    all: Option<Regex>,
}

impl Patterns {
    /// These patterns.
    pub fn new(texts: &[String]) -> Self {
        let all = texts.iter().map(|it| expression(it)).collect::<Vec<_>>().join("|");
        // A set that no expression can have, such as `[z-a]`, matches nothing.
        let all = RegexBuilder::new(&format!("^(?:{all})$")).dot_matches_new_line(true).build();
        let all = all.ok().filter(|_| !texts.is_empty());
        Self { texts: texts.to_vec(), all }
    }

    /// The patterns as they were written.
    pub fn texts(&self) -> &[String] {
        &self.texts
    }

    /// Whether one of them matches all of `text`.
    pub fn matches(&self, text: &str) -> bool {
        self.all.as_ref().is_some_and(|it| it.is_match(text))
    }
}

impl PartialEq for Patterns {
    fn eq(&self, other: &Self) -> bool {
        self.texts == other.texts
    }
}

impl Eq for Patterns {}

impl Hash for Patterns {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.texts.hash(state);
    }
}

/// A pattern as a regular expression.
fn expression(pattern: &str) -> String {
    let mut text = String::new();
    let mut rest = pattern;
    while let Some(it) = rest.chars().next() {
        rest = rest.get(it.len_utf8()..).unwrap_or_default();
        match it {
            '*' => text.push_str(".*"),
            '?' => text.push('.'),
            '[' => match set(rest) {
                Some((set, behind)) => {
                    text.push_str(&set);
                    rest = behind;
                }
                None => text.push_str(r"\["),
            },
            it => text.push_str(&regex::escape(&it.to_string())),
        }
    }
    text
}

/// The set that begins behind a `[`, and what follows it; `None` where it is not closed.
fn set(rest: &str) -> Option<(String, &str)> {
    let body = rest.strip_prefix('!').unwrap_or(rest);
    // A `]` right at the start is one of the set.
    let first = body.chars().next()?.len_utf8();
    let end = first + body.get(first..)?.find(']')?;
    let (inside, behind) = (body.get(..end)?, body.get(end + 1..)?);
    let mut text = String::from(if body.len() < rest.len() { "[^" } else { "[" });
    for it in inside.chars() {
        if "\\[]&~^".contains(it) {
            text.push('\\');
        }
        text.push(it);
    }
    text.push(']');
    Some((text, behind))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn matches_as_a_shell_does() {
        for (pattern, text, expected) in [
            ("*.pyc", "a/b.pyc", true),
            ("*.pyc", "a.pyc~", false),
            ("a?c", "a\nc", true),
            ("[!ab]x", "cx", true),
            ("[!ab]x", "ax", false),
            ("[]^]x", "^x", true),
            ("[a-c&&x]", "b", true),
            ("a[b", "a[b", true),
            ("{a,b}.+(c)", "{a,b}.+(c)", true),
            ("[z-a]", "z", false),
        ] {
            assert_eq!(Patterns::new(&[pattern.to_owned()]).matches(text), expected, "{pattern}");
        }
        assert!(!Patterns::default().matches(""));
    }
}
