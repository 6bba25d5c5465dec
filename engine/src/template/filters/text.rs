//! Filters of text: regular expressions, paths, quoting.

use std::fmt::Write;

use minijinja::value::{ArgType, Kwargs, Rest, StringInput, ValueOrKwargs, from_args};
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
        pad(text.as_str(), width.unwrap_or(80), |gap| gap / 2)
    });
    environment.add_filter("ljust", |text: StringInput<'_>, width: usize| {
        pad(text.as_str(), width, |_| 0)
    });
    environment.add_filter("rjust", |text: StringInput<'_>, width: usize| {
        pad(text.as_str(), width, |gap| gap)
    });
    environment.add_filter("wordcount", |text: &str| text.split_whitespace().count());
    environment.add_filter("comment", comment);
    environment.add_filter("truncate", truncate);
    environment.add_filter("wordwrap", wordwrap);
    environment.add_filter("bool", is_yes);
    environment.add_filter("mandatory", |value: Value| {
        if value.is_undefined() { Err(wrong("a mandatory value is not set")) } else { Ok(value) }
    });
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

fn pad(text: &str, width: usize, before: fn(usize) -> usize) -> String {
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

/// Jinja2's `wordwrap(width=79, break_long_words=True, wrapstring=newline)`.
fn wordwrap(text: &str, arguments: Rest<ValueOrKwargs>) -> Result<String, Error> {
    let arguments = arguments.into_values();
    let (width, split, joint, options): (Option<usize>, Option<bool>, Option<String>, Kwargs) =
        from_args(&arguments)?;
    let width = or_named(width, &options, "width")?.unwrap_or(79).max(1);
    let split = or_named(split, &options, "break_long_words")?.unwrap_or(true);
    let joint = or_named(joint, &options, "wrapstring")?.unwrap_or_else(|| "\n".to_owned());
    options.assert_all_used()?;
    let wrapped: Vec<String> =
        text.lines().map(|line| wrap(line, width, split).join(&joint)).collect();
    Ok(wrapped.join(&joint))
}

fn wrap(line: &str, width: usize, split_words: bool) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in line.split(' ') {
        let mut word: Vec<char> = word.chars().collect();
        while let Some(last) = lines.last_mut() {
            let used = last.chars().count();
            let gap = usize::from(used > 0);
            if used + gap + word.len() <= width || (used == 0 && !split_words) {
                if gap > 0 {
                    last.push(' ');
                }
                last.extend(word);
                break;
            }
            if used == 0 {
                last.extend(word.drain(..width));
            }
            lines.push(String::new());
        }
    }
    lines
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
