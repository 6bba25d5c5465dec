//! Filters with regular expressions, as Ansible has them: Python's, as far as they are the same.

use std::fmt::Write;

use minijinja::value::{Kwargs, Rest, StringInput, ValueOrKwargs, from_args};
use minijinja::{Environment, Error, Value};
use regex::Regex;

use super::wrong;
use crate::command::Secret;
use crate::pattern::no_expression;

pub(super) const NAMES: &[&str] =
    &["regex_replace", "regex_search", "regex_findall", "regex_escape"];

pub(super) fn add(environment: &mut Environment<'_>) {
    environment.add_filter("regex_replace", regex_replace);
    environment.add_filter("regex_search", regex_search);
    environment.add_filter("regex_findall", regex_findall);
    environment.add_filter("regex_escape", |text: StringInput<'_>| regex::escape(text.as_str()));
}

/// A regular expression with the options that the regex filters and tests share: `ignorecase`,
/// `multiline`.
pub(in crate::template) fn expression(pattern: &str, options: &Kwargs) -> Result<Regex, Error> {
    let flag = |name| options.get::<Option<bool>>(name).map(Option::unwrap_or_default);
    let expression = regex::RegexBuilder::new(pattern)
        .case_insensitive(flag("ignorecase")?)
        .multi_line(flag("multiline")?)
        .build();
    options.assert_all_used()?;
    expression.map_err(|error| wrong(no_expression(pattern, &error).message))
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
    let after = expression.replacen(text.as_str(), count, replacement(&by).as_str()).into_owned();
    Secret::changed(text.as_str(), &after);
    Ok(after)
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
