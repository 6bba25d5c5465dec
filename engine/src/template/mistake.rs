//! What is wrong with a template: its line, what it says, and the name that was meant.

use std::error::Error as _;

use minijinja::ErrorKind;

use super::{Known, filters, tests};
use crate::command::scrub;
use crate::error::{Error, did_you_mean};
use crate::host::Host;
use crate::value::{Map, Value};

/// The error of a template, at its line. Values are never shown.
pub(super) fn explain(
    error: &minijinja::Error,
    known: &Known,
    data: &Map,
    host: &Host<'_>,
) -> Error {
    let error = innermost(error);
    let what = sentence(error);
    let mut place = String::from("template");
    let mut excerpt = None;
    if let Some(name) = error.name() {
        place = format!("template {}", known.path_of(name));
        if let Some(line) = error.line() {
            place = format!("{place}, line {line}");
            excerpt = line_of(known, name, line);
        }
    }
    let mut message = format!("{place}: {what}");
    if let Some(excerpt) = excerpt {
        message = format!("{message}, in `{excerpt}`");
    }
    let mut explained = Error::usage(scrub(&message).into_owned());
    explained.hint = hint(error, &what, data, host);
    explained
}

/// The error in the included template, not that the include failed.
fn innermost(error: &minijinja::Error) -> &minijinja::Error {
    let mut inner = error;
    while let Some(source) = inner.source().and_then(|it| it.downcast_ref::<minijinja::Error>()) {
        inner = source;
    }
    inner
}

const QUOTES: [char; 3] = ['\'', '"', '`'];

pub(super) fn sentence(error: &minijinja::Error) -> String {
    let Some(detail) = error.detail() else { return error.kind().to_string() };
    match error.kind() {
        ErrorKind::TemplateNotFound => {
            // The name is the last thing in quotes.
            let name = detail.trim_end_matches(QUOTES).rsplit(QUOTES).next().unwrap_or(detail);
            format!("there is no template `{}`", super::bare(name))
        }
        ErrorKind::SyntaxError => format!("syntax error: {detail}"),
        _ => detail.to_owned(),
    }
}

fn line_of(known: &Known, name: &str, line: usize) -> Option<String> {
    let known = known.lock();
    let (_, text) = known.templates.get(name)?.as_ref()?;
    let line = text.lines().nth(line.checked_sub(1)?)?.trim();
    let short: String = line.chars().take(100).collect();
    (!short.is_empty()).then_some(short)
}

fn hint(error: &minijinja::Error, what: &str, data: &Map, host: &Host<'_>) -> Option<String> {
    match error.kind() {
        ErrorKind::UnknownFilter => {
            let name = named(what)?;
            did_you_mean(&name, filters::names())
        }
        ErrorKind::UnknownTest => {
            let name = named(what)?;
            did_you_mean(&name, tests::names())
        }
        ErrorKind::TemplateNotFound => {
            let folders: Vec<_> =
                host.project().folders().iter().map(|it| it.display().to_string()).collect();
            Some(format!("looked beside the template and in {}", folders.join(", ")))
        }
        _ => missing(&expression(what)?, data, host),
    }
}

/// The name of a filter or test in the message about it.
fn named(what: &str) -> Option<String> {
    let word = what.split_whitespace().find(|it| !["filter", "test", "unknown"].contains(it))?;
    let name: String = word.chars().filter(|it| it.is_alphanumeric() || *it == '_').collect();
    (!name.is_empty()).then_some(name)
}

/// `host.data.prot` in "`host.data.prot` is undefined".
fn expression(what: &str) -> Option<String> {
    let (before, _) = what.split_once("` is undefined")?;
    let (_, expression) = before.rsplit_once('`')?;
    Some(expression.to_owned())
}

/// Advice for a name that does not exist.
fn missing(expression: &str, data: &Map, host: &Host<'_>) -> Option<String> {
    let (parent, name) = expression.rsplit_once('.').unwrap_or(("", expression));
    let identity = host.identity();
    let names: Vec<String> = match parent {
        "" => data.keys().cloned().chain(["host".to_owned()]).collect(),
        "host" => ["name", "groups", "data", "fact"].map(str::to_owned).to_vec(),
        "host.data" => identity.data.keys().cloned().collect(),
        path => match within(path, data, &identity.data) {
            Some(Value::Map(map)) => map.keys().cloned().collect(),
            _ => Vec::new(),
        },
    };
    let meant = did_you_mean(name, names.iter().map(String::as_str));
    let remedy = match parent {
        "" => "give it to the call",
        "host.data" => "set it in the inventory's data",
        _ => "check what it belongs to",
    };
    meant.or_else(|| Some(format!("{remedy}, or write `{expression} | default(…)`")))
}

/// The value that `a.b.c` names.
fn within<'a>(path: &str, data: &'a Map, host_data: &'a Map) -> Option<&'a Value> {
    let (mut names, map) = match path.strip_prefix("host.data.") {
        Some(rest) => (rest.split('.'), host_data),
        None => (path.split('.'), data),
    };
    let first = map.get(names.next()?)?;
    names.try_fold(first, |value, name| match value {
        Value::Map(map) => map.get(name),
        _ => None,
    })
}
