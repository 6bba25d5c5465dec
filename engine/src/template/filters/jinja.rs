//! Filters of Jinja2 that minijinja lacks, or that are other there.

use std::fmt::Write;

use minijinja::filters::{dictsort, max, min, sort, unique};
use minijinja::value::{Kwargs, Rest, ValueKind, ValueOrKwargs, from_args};
use minijinja::{Environment, Error, State, Value};

use super::wrong;
use crate::command::Secret;

pub(super) const NAMES: &[&str] = &["forceescape", "urlencode", "xmlattr"];

/// A filter of minijinja with named arguments only.
type WithNames = fn(&State<'_, '_>, Value, Kwargs) -> Result<Value, Error>;

pub(super) fn add(environment: &mut Environment<'_>) {
    let by_name: [(&str, WithNames, &[&str]); 5] = [
        (
            "dictsort",
            |_, value, named| dictsort(&value, named),
            &["case_sensitive", "by", "reverse"],
        ),
        ("min", min, &["case_sensitive", "attribute"]),
        ("max", max, &["case_sensitive", "attribute"]),
        ("sort", sort, &["reverse", "case_sensitive", "attribute"]),
        ("unique", unique, &["case_sensitive", "attribute"]),
    ];
    for (name, filter, names) in by_name {
        environment.add_filter(
            name,
            move |state: &State<'_, '_>, value: Value, arguments: Rest<ValueOrKwargs>| {
                filter(state, value, named(&arguments.into_values(), names)?)
            },
        );
    }
    for name in ["escape", "e"] {
        environment.add_filter(name, |value: Value| {
            if value.is_safe() {
                value
            } else {
                Value::from_safe_string(escaped(&value.to_string()))
            }
        });
    }
    environment.add_filter("forceescape", |value: &Value| {
        Value::from_safe_string(escaped(&value.to_string()))
    });
    environment.add_filter("replace", replace);
    environment.add_filter("indent", indent);
    environment.add_filter("urlencode", urlencode);
    environment.add_filter("xmlattr", xmlattr);
}

/// The arguments by their names, those that were given by position too.
fn named(arguments: &[Value], names: &[&str]) -> Result<Kwargs, Error> {
    let (positional, given): (&[Value], Kwargs) = from_args(arguments)?;
    if positional.len() > names.len() {
        return Err(wrong(format!("too many arguments: there are {}", names.join(", "))));
    }
    let mut pairs: Vec<(String, Value)> = Vec::new();
    for (name, value) in names.iter().zip(positional) {
        pairs.push(((*name).to_owned(), value.clone()));
    }
    for name in given.args() {
        pairs.push((name.to_owned(), given.peek::<Value>(name)?));
    }
    Ok(pairs.into_iter().collect())
}

/// As `MarkupSafe` writes it, which leaves slashes alone.
pub(in crate::template) fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for it in text.chars() {
        match it {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&#34;"),
            '\'' => escaped.push_str("&#39;"),
            it => escaped.push(it),
        }
    }
    escaped
}

#[expect(clippy::needless_pass_by_value, reason = "filters get their arguments by value")]
fn replace(text: &Value, old: Value, new: Value, count: Option<usize>) -> String {
    let (text, old, new) = (text.to_string(), old.to_string(), new.to_string());
    let after = match count {
        Some(count) => text.replacen(&old, &new, count),
        None => text.replace(&old, &new),
    };
    Secret::changed(&text, &after);
    after
}

/// Jinja2's `indent(width=4, first=False, blank=False)`, whose width may be text.
fn indent(text: &str, arguments: Rest<ValueOrKwargs>) -> Result<String, Error> {
    let named = named(&arguments.into_values(), &["width", "first", "blank"])?;
    let width = named.get::<Option<Value>>("width")?.unwrap_or_else(|| Value::from(4));
    let flag = |name| named.get::<Option<bool>>(name).map(Option::unwrap_or_default);
    let (first, blank) = (flag("first")?, flag("blank")?);
    named.assert_all_used()?;
    let before = match width.as_str() {
        Some(text) => text.to_owned(),
        None => " ".repeat(usize::try_from(width)?.min(10_000)),
    };
    let mut indented = String::new();
    for (at, line) in text.split('\n').enumerate() {
        if at > 0 {
            indented.push('\n');
        }
        let is_wanted = if at == 0 { first } else { blank || !line.is_empty() };
        if is_wanted {
            indented.push_str(&before);
        }
        indented.push_str(line);
    }
    Ok(indented)
}

/// Text for an address: its slashes stay. A map, or pairs, as a query.
fn urlencode(value: &Value) -> Result<String, Error> {
    let query = |name: &Value, value: &Value| {
        let [name, value] = [name, value].map(|it| percent_encoded(&it.to_string(), "", "+"));
        format!("{name}={value}")
    };
    let pairs: Result<Vec<String>, Error> = match value.kind() {
        ValueKind::Map => {
            value.try_iter()?.map(|it| Ok(query(&it, &value.get_item(&it)?))).collect()
        }
        ValueKind::Seq => value
            .try_iter()?
            .map(|it| Ok(query(&it.get_item_by_index(0)?, &it.get_item_by_index(1)?)))
            .collect(),
        _ => return Ok(percent_encoded(&value.to_string(), "/", "%20")),
    };
    Ok(pairs?.join("&"))
}

/// RFC 3986, section 2.3: what needs no encoding anywhere.
fn percent_encoded(text: &str, kept: &str, space: &str) -> String {
    let mut encoded = String::new();
    for byte in text.bytes() {
        let letter = char::from(byte);
        if letter.is_ascii_alphanumeric() || "-._~".contains(letter) || kept.contains(letter) {
            encoded.push(letter);
        } else if letter == ' ' {
            encoded.push_str(space);
        } else {
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

/// The attributes of an XML element: ` class="a" id="b"`. Those that are none are left out.
fn xmlattr(attributes: &Value, space_before: Option<bool>) -> Result<Value, Error> {
    let mut text = String::new();
    for name in attributes.try_iter()? {
        let value = attributes.get_item(&name)?;
        if value.is_none() || value.is_undefined() {
            continue;
        }
        let name = name.to_string();
        if name.is_empty() || name.contains([' ', '\t', '\n', '/', '>', '=']) {
            return Err(wrong(format!("`{name}` is no name of an attribute")));
        }
        if !text.is_empty() || space_before.unwrap_or(true) {
            text.push(' ');
        }
        let _ = write!(text, "{}=\"{}\"", escaped(&name), escaped(&value.to_string()));
    }
    Ok(Value::from_safe_string(text))
}
