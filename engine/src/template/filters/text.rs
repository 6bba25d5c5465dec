//! Filters of text: words, quoting, parts of addresses, and what a text means.

use minijinja::value::{StringInput, ValueKind};
use minijinja::{Environment, Error, Value};

use super::wrong;

pub(super) const NAMES: &[&str] =
    &["quote", "wordcount", "comment", "bool", "mandatory", "type_debug", "urlsplit"];

pub(super) fn add(environment: &mut Environment<'_>) {
    environment.add_filter("quote", |text: StringInput<'_>| crate::command::quote(text.as_str()));
    environment.add_filter("wordcount", |text: &str| {
        // Word by word as `\w+` finds them.
        text.split(|it: char| !it.is_alphanumeric() && it != '_')
            .filter(|it| !it.is_empty())
            .count()
    });
    environment.add_filter("comment", comment);
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
