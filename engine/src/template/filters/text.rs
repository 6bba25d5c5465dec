//! Filters of text: regular expressions, paths, quoting.

use std::fmt::Write;

use minijinja::value::{ArgType, Kwargs, Rest, StringInput, ValueKind, ValueOrKwargs, from_args};
use minijinja::{Environment, Error, Value};
use regex::Regex;

use super::{expression, wrong};

pub(super) const NAMES: &[&str] = &[
    "regex_replace",
    "regex_search",
    "regex_findall",
    "regex_escape",
    "quote",
    "basename",
    "dirname",
    "splitext",
    "path_join",
    "center",
    "ljust",
    "rjust",
    "wordcount",
    "comment",
    "truncate",
    "wordwrap",
    "bool",
    "mandatory",
    "type_debug",
    "urlsplit",
];

pub(super) fn add(environment: &mut Environment<'_>) {
    environment.add_filter("regex_replace", regex_replace);
    environment.add_filter("regex_search", regex_search);
    environment.add_filter("regex_findall", regex_findall);
    environment.add_filter("regex_escape", |text: StringInput<'_>| regex::escape(text.as_str()));
    environment.add_filter("quote", |text: StringInput<'_>| crate::command::quote(text.as_str()));
    environment.add_filter("basename", |path: &str| split(path).1.to_owned());
    environment.add_filter("dirname", |path: &str| split(path).0.to_owned());
    environment.add_filter("splitext", |path: &str| -> Vec<String> {
        let (stem, suffix) = split_suffix(path);
        vec![stem.to_owned(), suffix.to_owned()]
    });
    environment.add_filter("path_join", path_join);
    environment.add_filter("center", |text: StringInput<'_>, width: Option<usize>| {
        // Python puts the odd space before in a field of odd width.
        let width = width.unwrap_or(80);
        pad(text.as_str(), width, |gap| gap / 2 + (gap & width & 1))
    });
    environment.add_filter("ljust", |text: StringInput<'_>, width: usize| {
        pad(text.as_str(), width, |_| 0)
    });
    environment.add_filter("rjust", |text: StringInput<'_>, width: usize| {
        pad(text.as_str(), width, |gap| gap)
    });
    environment.add_filter("wordcount", |text: &str| {
        // Word by word as `\w+` finds them.
        text.split(|it: char| !it.is_alphanumeric() && it != '_')
            .filter(|it| !it.is_empty())
            .count()
    });
    environment.add_filter("comment", comment);
    environment.add_filter("truncate", truncate);
    environment.add_filter("wordwrap", wordwrap);
    environment.add_filter("bool", is_yes);
    environment.add_filter("type_debug", type_name);
    environment.add_filter("urlsplit", urlsplit);
    environment.add_filter("mandatory", |value: Value| {
        if value.is_undefined() { Err(wrong("a mandatory value is not set")) } else { Ok(value) }
    });
}

/// The name of the value's type in Python.
fn type_name(value: &Value) -> &'static str {
    match value.kind() {
        ValueKind::Undefined => "AnsibleUndefined",
        ValueKind::None => "NoneType",
        ValueKind::Bool => "bool",
        ValueKind::Number if value.is_integer() => "int",
        ValueKind::Number => "float",
        ValueKind::String => "str",
        ValueKind::Bytes => "bytes",
        ValueKind::Map => "dict",
        _ => "list",
    }
}

/// The parts of an address, or one of them: `hostname`, `port`, `path`, `query`, ….
fn urlsplit(address: &str, wanted: Option<&str>) -> Result<Value, Error> {
    let (rest, fragment) = address.split_once('#').unwrap_or((address, ""));
    let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
    let (scheme, rest) = rest.split_once("://").unwrap_or(("", rest));
    let (netloc, path) = match (scheme, rest.find('/')) {
        ("", _) => ("", rest),
        (_, Some(at)) => rest.split_at(at),
        (_, None) => (rest, ""),
    };
    let (login, place) = netloc.rsplit_once('@').unwrap_or(("", netloc));
    let (user, password) = login.split_once(':').unwrap_or((login, ""));
    let (name, port) = match place.rsplit_once(':') {
        Some((name, port)) if port.parse::<u16>().is_ok() => (name, port.parse::<u16>().ok()),
        _ => (place, None),
    };
    let some = |text: &str| if text.is_empty() { Value::from(()) } else { Value::from(text) };
    let hostname = name.trim_matches(['[', ']']).to_lowercase();
    let parts = [
        ("fragment", Value::from(fragment)),
        ("hostname", some(&hostname)),
        ("netloc", Value::from(netloc)),
        ("password", some(password)),
        ("path", Value::from(path)),
        ("port", Value::from(port)),
        ("query", Value::from(query)),
        ("scheme", Value::from(scheme.to_lowercase())),
        ("username", some(user)),
    ];
    let Some(wanted) = wanted else { return Ok(Value::from_pairs(parts)) };
    let found = parts.into_iter().find(|(name, _)| *name == wanted);
    found.map(|(_, value)| value).ok_or_else(|| wrong(format!("an address has no part `{wanted}`")))
}

/// Python's `\1` and `\g<name>` in a replacement as `${1}`, `${name}`.
fn replacement(python: &str) -> String {
    let mut text = String::new();
    let mut rest = python.chars().peekable();
    while let Some(it) = rest.next() {
        match (it, rest.peek().copied()) {
            ('$', _) => text.push_str("$$"),
            ('\\', Some(digit)) if digit.is_ascii_digit() => {
                let mut number = String::new();
                while let Some(digit) = rest.peek().copied().filter(char::is_ascii_digit) {
                    number.push(digit);
                    rest.next();
                }
                let _ = write!(text, "${{{number}}}");
            }
            ('\\', Some('g')) => {
                rest.next();
                let name: String =
                    rest.by_ref().skip_while(|it| *it == '<').take_while(|it| *it != '>').collect();
                let _ = write!(text, "${{{name}}}");
            }
            ('\\', Some('n')) => {
                rest.next();
                text.push('\n');
            }
            ('\\', Some('\\')) => {
                rest.next();
                text.push('\\');
            }
            (it, _) => text.push(it),
        }
    }
    text
}

#[expect(clippy::needless_pass_by_value, reason = "filters get their arguments by value")]
fn regex_replace(
    text: StringInput<'_>,
    pattern: &str,
    by: Option<&str>,
    options: Kwargs,
) -> Result<String, Error> {
    let by = match by {
        Some(by) => by.to_owned(),
        None => options.get::<Option<String>>("replacement")?.unwrap_or_default(),
    };
    let count = options.get::<Option<usize>>("count")?.unwrap_or(0);
    let expression = expression(pattern, &options)?;
    Ok(expression.replacen(text.as_str(), count, replacement(&by).as_str()).into_owned())
}

/// The match; with groups (`"\\1"`, `"\\g<name>"`) a list of these; nothing where nothing matches.
#[expect(clippy::needless_pass_by_value, reason = "filters get their arguments by value")]
fn regex_search(
    text: StringInput<'_>,
    pattern: &str,
    groups: Rest<ValueOrKwargs>,
) -> Result<Value, Error> {
    let groups = groups.into_values();
    let (groups, options): (&[Value], Kwargs) = from_args(&groups)?;
    let expression = expression(pattern, &options)?;
    let Some(found) = expression.captures(text.as_str()) else { return Ok(Value::from(())) };
    if groups.is_empty() {
        return Ok(Value::from(found.get(0).map(|it| it.as_str()).unwrap_or_default()));
    }
    let mut values = Vec::new();
    for group in groups {
        let template = replacement(&group.to_string());
        let mut value = String::new();
        found.expand(&template, &mut value);
        values.push(value);
    }
    Ok(Value::from(values))
}

#[expect(clippy::needless_pass_by_value, reason = "filters get their arguments by value")]
fn regex_findall(text: StringInput<'_>, pattern: &str, options: Kwargs) -> Result<Value, Error> {
    let expression: Regex = expression(pattern, &options)?;
    let matches = expression.captures_iter(text.as_str()).map(|found| {
        let group = |at| found.get(at).map(|it| it.as_str()).unwrap_or_default();
        match expression.captures_len() {
            1 => Value::from(group(0)),
            2 => Value::from(group(1)),
            many => (1..many).map(|at| Value::from(group(at))).collect(),
        }
    });
    Ok(matches.collect())
}

/// Directory and last part, as Python's `os.path.split` has it.
fn split(path: &str) -> (&str, &str) {
    match path.rsplit_once('/') {
        None => ("", path),
        Some((folder, name)) => {
            let bare = folder.trim_end_matches('/');
            (if bare.is_empty() { "/" } else { bare }, name)
        }
    }
}

fn split_suffix(path: &str) -> (&str, &str) {
    let name = split(path).1;
    match name.trim_start_matches('.').rfind('.') {
        None => (path, ""),
        Some(_) => path.rfind('.').map_or((path, ""), |at| path.split_at(at)),
    }
}

/// Joins parts; an absolute part starts anew, as Python's `os.path.join` has it.
fn path_join(parts: &Value) -> Result<String, Error> {
    if let Some(path) = parts.as_str() {
        return Ok(path.to_owned());
    }
    let mut path = String::new();
    for part in parts.try_iter()? {
        let part = part.to_string();
        if part.starts_with('/') {
            path = part;
            continue;
        }
        if !path.is_empty() && !path.ends_with('/') {
            path.push('/');
        }
        path.push_str(&part);
    }
    Ok(path)
}

fn pad(text: &str, width: usize, before: impl Fn(usize) -> usize) -> String {
    let gap = width.min(10_000).saturating_sub(text.chars().count());
    let left = before(gap);
    format!("{}{text}{}", " ".repeat(left), " ".repeat(gap - left))
}

/// Jinja2's `truncate(length=255, killwords=False, end="...", leeway=5)`: the end counts.
fn truncate(text: &str, arguments: Rest<ValueOrKwargs>) -> Result<String, Error> {
    let arguments = arguments.into_values();
    let (length, kill_words, end, leeway, options): (
        Option<usize>,
        Option<bool>,
        Option<String>,
        Option<usize>,
        Kwargs,
    ) = from_args(&arguments)?;
    let length = or_named(length, &options, "length")?.unwrap_or(255);
    let kill_words = or_named(kill_words, &options, "killwords")?.unwrap_or(false);
    let end = or_named(end, &options, "end")?.unwrap_or_else(|| "...".to_owned());
    let leeway = or_named(leeway, &options, "leeway")?.unwrap_or(5);
    options.assert_all_used()?;
    if text.chars().count() <= length.saturating_add(leeway) {
        return Ok(text.to_owned());
    }
    let kept: String = text.chars().take(length.saturating_sub(end.chars().count())).collect();
    let kept = match kept.rsplit_once(' ') {
        Some((words, _)) if !kill_words => words,
        _ => kept.as_str(),
    };
    Ok(format!("{kept}{end}"))
}

/// Jinja2's `wordwrap(width=79, break_long_words=True, wrapstring=newline, break_on_hyphens=True)`.
fn wordwrap(text: &str, arguments: Rest<ValueOrKwargs>) -> Result<String, Error> {
    let arguments = arguments.into_values();
    let (width, split, joint, hyphens, options): (
        Option<usize>,
        Option<bool>,
        Option<String>,
        Option<bool>,
        Kwargs,
    ) = from_args(&arguments)?;
    let width = or_named(width, &options, "width")?.unwrap_or(79).max(1);
    let split = or_named(split, &options, "break_long_words")?.unwrap_or(true);
    let joint = or_named(joint, &options, "wrapstring")?.unwrap_or_else(|| "\n".to_owned());
    let hyphens = or_named(hyphens, &options, "break_on_hyphens")?.unwrap_or(true);
    options.assert_all_used()?;
    let wrapped: Vec<String> =
        text.lines().map(|line| wrap(line, width, split, hyphens).join(&joint)).collect();
    Ok(wrapped.join(&joint))
}

/// As Python's `textwrap` does it: a line takes pieces as long as they fit, and has no gap at its end.
fn wrap(line: &str, width: usize, split_words: bool, hyphens: bool) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut current = String::new();
    let mut used = 0;
    let finish = |lines: &mut Vec<String>, current: &mut String| {
        let done = std::mem::take(current);
        let done = done.trim_end();
        if !done.is_empty() {
            lines.push(done.to_owned());
        }
    };
    for piece in pieces(line, hyphens) {
        let mut piece = piece;
        loop {
            if used == 0 && !lines.is_empty() && piece.trim().is_empty() {
                break;
            }
            let length = piece.chars().count();
            if used + length <= width || (used == 0 && !split_words) {
                current.push_str(&piece);
                used += length;
                break;
            }
            if length > width && split_words && used < width {
                let at = cut(&piece, width - used, hyphens);
                let rest = piece.split_off(at);
                current.push_str(&piece);
                piece = rest;
            }
            finish(&mut lines, &mut current);
            used = 0;
        }
    }
    finish(&mut lines, &mut current);
    lines
}

/// Where a word that is longer than a line is cut: behind the last hyphen that fits, if it has one.
fn cut(word: &str, room: usize, hyphens: bool) -> usize {
    let end = word.char_indices().nth(room).map_or(word.len(), |(at, _)| at);
    let head = word.get(..end).unwrap_or_default();
    match head.rfind('-').filter(|_| hyphens) {
        Some(at) if head.get(..at).is_some_and(|it| it.contains(|c| c != '-')) => at + 1,
        _ => end,
    }
}

/// Words and the gaps between them; with `hyphens`, a word ends behind a hyphen between letters.
fn pieces(line: &str, hyphens: bool) -> Vec<String> {
    let letters: Vec<char> = line.chars().collect();
    let is_letter = |at: Option<usize>| {
        at.and_then(|at| letters.get(at)).is_some_and(|it| it.is_alphabetic() || *it == '_')
    };
    let is_hyphen = |at: Option<usize>| at.and_then(|at| letters.get(at)) == Some(&'-');
    let mut pieces = vec![String::new()];
    for (at, it) in letters.iter().enumerate() {
        let before = at.checked_sub(1);
        let two_before = at.checked_sub(2);
        let three_before = at.checked_sub(3);
        let turns = before
            .and_then(|at| letters.get(at))
            .is_some_and(|last| last.is_whitespace() != it.is_whitespace());
        let is_behind_hyphen = hyphens
            && is_hyphen(before)
            && is_letter(two_before)
            && (is_letter(three_before)
                || (is_hyphen(three_before) && is_letter(at.checked_sub(4))))
            && is_letter(Some(at))
            && (is_letter(Some(at + 1)) || (is_hyphen(Some(at + 1)) && is_letter(Some(at + 2))));
        if turns || is_behind_hyphen {
            pieces.push(String::new());
        }
        if let Some(last) = pieces.last_mut() {
            last.push(*it);
        }
    }
    pieces.retain(|it| !it.is_empty());
    pieces
}

fn or_named<T>(given: Option<T>, options: &Kwargs, name: &'static str) -> Result<Option<T>, Error>
where
    for<'a> Option<T>: ArgType<'a, Output = Option<T>>,
{
    match given {
        Some(given) => Ok(Some(given)),
        None => options.get(name),
    }
}

/// Every line behind `# `.
fn comment(text: &str, prefix: Option<&str>) -> String {
    let prefix = prefix.unwrap_or("# ");
    let lines: Vec<String> =
        text.lines().map(|line| format!("{prefix}{line}").trim_end().to_owned()).collect();
    lines.join("\n")
}

/// Whether a value says yes: true, 1, "yes", "on", "true", "1".
fn is_yes(value: &Value) -> bool {
    match value.as_str() {
        Some(text) => ["yes", "on", "true", "1", "y", "t"]
            .contains(&text.trim().to_ascii_lowercase().as_str()),
        None => value.is_true(),
    }
}

#[cfg(test)]
mod cases {
    use super::*;

    #[test]
    fn paths_are_split_as_python_splits_them() {
        for (path, folder, name) in
            [("/a/b.c", "/a", "b.c"), ("/a", "/", "a"), ("a", "", "a"), ("/a/b/", "/a/b", "")]
        {
            assert_eq!(split(path), (folder, name), "{path}");
        }
        for (path, stem, suffix) in
            [("/a.d/b.tar.gz", "/a.d/b.tar", ".gz"), ("/a.d/b", "/a.d/b", ""), (".rc", ".rc", "")]
        {
            assert_eq!(split_suffix(path), (stem, suffix), "{path}");
        }
    }
}
