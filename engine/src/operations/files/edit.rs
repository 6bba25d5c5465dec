//! Edits of text: pure functions from what a file holds to what it should hold. Lines keep the ending
//! that they have.

use regex::{Captures, Regex, RegexBuilder};

use crate::Result;
use crate::pattern::no_expression;

/// What lines are searched for.
#[derive(Debug)]
pub(crate) enum Pattern {
    /// Text that stands for itself.
    Literal {
        /// The text.
        text: String,
        /// Only at the start of a line.
        start: bool,
        /// Only at the end of a line.
        end: bool,
        /// Small and capital letters are the same.
        ignore_case: bool,
    },
    /// A regular expression.
    Regex(Regex),
}

/// How a search text is read.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Reading {
    /// It is a regular expression.
    pub(crate) regex: bool,
    /// Every character stands for itself, `^` and `$` at the ends too.
    pub(crate) verbatim: bool,
    /// Small and capital letters are the same.
    pub(crate) ignore_case: bool,
}

impl Pattern {
    /// The pattern that a text means.
    pub(crate) fn new(text: &str, how: Reading) -> Result<Self> {
        if how.regex {
            let built = RegexBuilder::new(text).case_insensitive(how.ignore_case).build();
            return built.map(Self::Regex).map_err(|error| no_expression(text, &error));
        }
        let ignore_case = how.ignore_case;
        let (text, start, end) = if how.verbatim { (text, false, false) } else { anchors(text) };
        // Nothing at all would be found in every line; what is meant is the empty line.
        let whole = text.is_empty();
        let (start, end) = (start || whole, end || whole);
        Ok(Self::Literal { text: text.to_owned(), start, end, ignore_case })
    }

    /// The same search without the `.*` at its ends, which say what holds anyway; `None` where there
    /// is none.
    pub(crate) fn without_wildcards(&self) -> Option<Self> {
        let Self::Literal { text, start, end, ignore_case } = self else { return None };
        let after = text.strip_prefix(".*").unwrap_or(text);
        let core = after.strip_suffix(".*").unwrap_or(after);
        if core.len() == text.len() || core.is_empty() {
            return None;
        }
        Some(Self::Literal {
            start: *start && after.len() == text.len(),
            end: *end && core.len() == after.len(),
            text: core.to_owned(),
            ignore_case: *ignore_case,
        })
    }

    /// Whether a line has a match.
    pub(crate) fn matches(&self, line: &str) -> bool {
        match self {
            Self::Regex(regex) => regex.is_match(line),
            Self::Literal { text, start, end, ignore_case: true } => {
                literal_in(&text.to_lowercase(), &line.to_lowercase(), *start, *end)
            }
            Self::Literal { text, start, end, .. } => literal_in(text, line, *start, *end),
        }
    }
}

fn literal_in(text: &str, line: &str, start: bool, end: bool) -> bool {
    match (start, end) {
        (true, true) => line == text,
        (true, false) => line.starts_with(text),
        (false, true) => line.ends_with(text),
        (false, false) => line.contains(text),
    }
}

/// The text between a `^` at the start and a `$` at the end, and which of them there were. `\$` is no
/// anchor.
pub(crate) fn anchors(text: &str) -> (&str, bool, bool) {
    let after = text.strip_prefix('^').unwrap_or(text);
    let start = after.len() < text.len();
    match after.strip_suffix('$') {
        Some(core) if !core.ends_with('\\') => (core, start, true),
        _ => (after, start, false),
    }
}

/// The lines of a text: content, and the ending that follows it.
pub(crate) fn lines(text: &str) -> impl DoubleEndedIterator<Item = (&str, &str)> {
    text.split_inclusive('\n').map(|line| {
        let body = line.strip_suffix('\n').map_or(line, |it| it.strip_suffix('\r').unwrap_or(it));
        (body, line.get(body.len()..).unwrap_or_default())
    })
}

/// How the text ends its lines: as it ends the first one.
pub(crate) fn newline(text: &str) -> &'static str {
    match lines(text).next() {
        Some((_, "\r\n")) => "\r\n",
        _ => "\n",
    }
}

/// Whether the text has this line, or these lines one after the other.
pub(crate) fn has_line(text: &str, wanted: &str) -> bool {
    let wanted: Vec<&str> = wanted.split('\n').collect();
    let found: Vec<&str> = lines(text).map(|(body, _)| body).collect();
    found.windows(wanted.len()).any(|some| some == wanted)
}

/// Whether a line of the text has a match.
pub(crate) fn finds(text: &str, pattern: &Pattern) -> bool {
    lines(text).any(|(body, _)| pattern.matches(body))
}

/// Where a new line goes.
#[derive(Debug)]
pub(crate) enum Place {
    /// After the last line, on a line of its own.
    End,
    /// Right behind the last character, which may be in the middle of a line.
    Glued,
    /// After the last line that has a match; after the last line where none has.
    After(Pattern),
    /// Before the first line that has a match; after the last line where none has.
    Before(Pattern),
}

/// The text with a line more.
pub(crate) fn insert(text: &str, line: &str, place: &Place) -> String {
    let newline = newline(text);
    let all: Vec<(&str, &str)> = lines(text).collect();
    let at = match place {
        Place::Glued => return format!("{text}{line}{newline}"),
        Place::End => None,
        Place::After(it) => all.iter().rposition(|(body, _)| it.matches(body)).map(|at| at + 1),
        Place::Before(it) => all.iter().position(|(body, _)| it.matches(body)),
    };
    let (before, after) = all.split_at(at.unwrap_or(all.len()));
    let joined = |part: &[(&str, &str)]| -> String {
        part.iter().flat_map(|(body, ending)| [*body, *ending]).collect()
    };
    format!("{}{line}{newline}{}", closed(&joined(before), newline), joined(after))
}

/// The text with its last line ended.
pub(crate) fn closed(text: &str, newline: &str) -> String {
    if text.is_empty() || text.ends_with('\n') {
        return text.to_owned();
    }
    format!("{text}{newline}")
}

/// The text without the lines that have a match.
pub(crate) fn without(text: &str, pattern: &Pattern) -> String {
    let kept = lines(text).filter(|(body, _)| !pattern.matches(body));
    kept.flat_map(|(body, ending)| [body, ending]).collect()
}

/// The text with each line that has a match replaced as a whole.
pub(crate) fn replace_lines(text: &str, pattern: &Pattern, by: &str) -> String {
    let mut after = String::with_capacity(text.len());
    for (body, ending) in lines(text) {
        match pattern {
            Pattern::Regex(regex) => match regex.captures(body) {
                Some(groups) => after.push_str(&expand(by, &groups)),
                None => after.push_str(body),
            },
            literal if literal.matches(body) => after.push_str(by),
            Pattern::Literal { .. } => after.push_str(body),
        }
        after.push_str(ending);
    }
    after
}

/// Whether a replacement takes something from the match: `\1` to `\9`.
pub(crate) fn has_groups(replacement: &str) -> bool {
    let mut rest = replacement.chars();
    while let Some(it) = rest.next() {
        if it == '\\' && rest.next().is_some_and(|next| matches!(next, '1'..='9')) {
            return true;
        }
    }
    false
}

/// A replacement as `sed` writes it: `\1` is the first group, `\0` the match, `\n` a new line, `\t` a
/// tab; any other character after a backslash is itself, and so is `&`.
pub(crate) fn expand(replacement: &str, groups: &Captures<'_>) -> String {
    let mut text = String::new();
    let mut rest = replacement.chars();
    while let Some(it) = rest.next() {
        if it != '\\' {
            text.push(it);
            continue;
        }
        match rest.next() {
            Some('n') => text.push('\n'),
            Some('t') => text.push('\t'),
            Some(digit @ '0'..='9') => {
                let group = digit.to_digit(10).and_then(|at| groups.get(at as usize));
                text.push_str(group.map_or("", |it| it.as_str()));
            }
            Some(other) => text.push(other),
            None => text.push('\\'),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Lines that are something else to `grep`, `sed`, `awk` or the shell.
    pub(in crate::operations::files) const ODD: &[&str] = &[
        "10.0.0.1 db",
        "a.*b[c]+(d|e){2}?",
        r"back\slash \1 \n \\",
        "it's \"quoted\" `here` $HOME $(id)",
        "a/b/c & d && e",
        "grüße 日本 🦀",
        "  indented",
        "trailing  ",
        "tab\there",
        "",
        "-e",
        "*/5 * * * * run % x",
        "!bang #hash ;semi",
    ];

    fn pattern(text: &str) -> Pattern {
        Pattern::new(text, Reading::default()).unwrap()
    }

    #[test]
    fn odd_lines_are_added_once_and_removed_whole() {
        for base in ["", "first\n", "first\nlast", "first\r\nlast\r\n", "10x0y0z1 db\n"] {
            for line in ODD {
                let once = insert(base, line, &Place::End);
                assert!(has_line(&once, line), "{base:?} {line:?}");
                let bare = Pattern::new(line, Reading { verbatim: true, ..Reading::default() });
                let gone = without(&once, &bare.unwrap());
                assert_eq!(gone, closed(base, newline(base)), "{base:?} {line:?}");
                assert!(!has_line(&gone, line), "{base:?} {line:?}");
            }
        }
    }

    #[test]
    fn anchors_bind_and_all_else_is_itself() {
        for (text, line, expected) in [
            ("a.c", "abc", false),
            ("a.c", "xa.cx", true),
            ("^a", "ba", false),
            ("a$", "ab", false),
            ("^a$", "a", true),
            (r"a\$", r"a\$b", true),
            ("", "x", false),
            ("", "", true),
        ] {
            assert_eq!(pattern(text).matches(line), expected, "{text} {line}");
        }
    }

    #[test]
    fn inserts_where_it_is_told() {
        let text = "a\nb\na\nc";
        for (place, expected) in [
            (Place::End, "a\nb\na\nc\nx\n"),
            (Place::Glued, "a\nb\na\ncx\n"),
            (Place::After(pattern("a")), "a\nb\na\nx\nc"),
            (Place::After(pattern("c")), "a\nb\na\nc\nx\n"),
            (Place::Before(pattern("a")), "x\na\nb\na\nc"),
            (Place::Before(pattern("none")), "a\nb\na\nc\nx\n"),
        ] {
            assert_eq!(insert(text, "x", &place), expected, "{place:?}");
        }
    }

    #[test]
    fn replaces_whole_lines_and_keeps_endings() {
        let regex = Pattern::new("^#?(Port) .*", Reading { regex: true, ..Reading::default() });
        let text = "#Port 22\r\nkeep\nPort 1";
        assert_eq!(replace_lines(text, &regex.unwrap(), r"\1 2&"), "Port 2&\r\nkeep\nPort 2&");
        assert_eq!(replace_lines(text, &pattern("Port"), r"\1"), "\\1\r\nkeep\n\\1");
    }
}
