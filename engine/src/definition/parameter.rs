//! One parameter of a declaration: its type, its default, its description.

use super::names::is_identifier;
use super::{keep, not_written, unindented, unknown_keys};
use crate::args::{ArgDef, Kind};
use crate::error::{Error, Result, did_you_mean};
use crate::value::{Map, Value};

/// Types as scripts write them.
const TYPES: &[(&str, Kind)] = &[
    ("text", Kind::Text),
    ("bool", Kind::Bool),
    ("integer", Kind::Integer),
    ("number", Kind::Number),
    ("scalar", Kind::Scalar),
    ("mode", Kind::Mode),
    ("secret", Kind::Secret),
    ("list", Kind::List(&Kind::Any)),
    ("list of text", Kind::List(&Kind::Text)),
    ("list of integers", Kind::List(&Kind::Integer)),
    ("text or list", Kind::OneOrMany(&Kind::Text)),
    ("map", Kind::Map(&Kind::Any)),
    ("map of text", Kind::Map(&Kind::Text)),
    ("any", Kind::Any),
];

/// One parameter: a type (`"text"`, `"text?"`), a default (`80`, `true`, `[]`), or a map that has both.
pub(super) fn parameter(name: &str, spec: &Value) -> Result<(ArgDef, Option<Value>)> {
    if !is_identifier(name) || name.starts_with('_') || name == "name" {
        return Err(Error::usage(format!("an argument cannot be called `{name}`")).hint(
            "`name` is the label of a call, and names with `_` before them are global arguments",
        ));
    }
    let (kind, default, required, doc) = match spec {
        Value::Text(text) => {
            let (kind, optional) = kind(text)?;
            (kind, None, !optional, String::new())
        }
        Value::Map(map) => described(map)?,
        Value::Unknown(_) => return Err(not_written(name)),
        Value::Unit => (Kind::Any, None, false, String::new()),
        default => (kind_of(default)?, Some(default.clone()), false, String::new()),
    };
    let doc = if doc.is_empty() { "Not described.".to_owned() } else { doc };
    let def = ArgDef {
        name: keep(name),
        doc: keep(&doc),
        kind,
        required,
        default: default.as_ref().map(|it| keep(&it.to_json().to_string())),
        aliases: &[],
        rest: false,
    };
    Ok((def, default))
}

/// `#{ type: "text", default: "x", doc: "…", choices: ["x", "y"] }`
fn described(map: &Map) -> Result<(Kind, Option<Value>, bool, String)> {
    const KEYS: &[&str] = &["type", "default", "required", "choices", "doc"];
    if let Some(error) = unknown_keys("a parameter", map, KEYS).into_iter().next() {
        return Err(error);
    }
    if map.values().any(|it| it.unknown().is_some()) {
        return Err(Error::usage("the description of an argument must be written out"));
    }
    let default = map.get("default").filter(|it| !matches!(it, Value::Unit)).cloned();
    let (of_type, optional) = match (map.get("type"), map.get("choices"), &default) {
        (_, Some(Value::List(words)), _) => {
            let words = words.iter().map(|it| match it {
                Value::Text(word) => Ok(keep(word)),
                other => Err(Error::usage(format!("a choice is text, not {}", other.kind()))),
            });
            let words: Vec<&'static str> = words.collect::<Result<_>>()?;
            (Kind::Choice(Vec::leak(words)), false)
        }
        (_, Some(_), _) => return Err(Error::usage("`choices` is a list of words")),
        (Some(Value::Text(text)), None, _) => kind(text)?,
        (Some(_), None, _) => return Err(Error::usage("`type` is one of the types in quotes")),
        (None, None, Some(default)) => (kind_of(default)?, false),
        (None, None, None) => (Kind::Any, false),
    };
    let default = match default {
        None => None,
        Some(given) => Some(of_type.read(&given).ok_or_else(|| {
            Error::usage(format!("its default must be {of_type}, not {}", given.kind()))
        })?),
    };
    let required = match map.get("required") {
        None => default.is_none() && !optional,
        Some(Value::Bool(it)) => *it && default.is_none(),
        Some(_) => return Err(Error::usage("`required` is true or false")),
    };
    let doc = match map.get("doc") {
        None | Some(Value::Unit) => String::new(),
        Some(Value::Text(text)) => unindented(text),
        Some(_) => return Err(Error::usage("`doc` is text")),
    };
    Ok((of_type, default, required, doc))
}

/// The type that a word means, and whether it may be left out (`?`).
fn kind(text: &str) -> Result<(Kind, bool)> {
    let (word, optional) = text.strip_suffix('?').map_or((text, false), |word| (word, true));
    if let Some((_, kind)) = TYPES.iter().find(|(name, _)| *name == word) {
        return Ok((*kind, optional));
    }
    let names: Vec<&str> = TYPES.iter().map(|it| it.0).collect();
    let hint = did_you_mean(word, names.iter().copied()).unwrap_or_else(|| {
        format!(
            "a default is written #{{ default: \"{text}\" }}; the types are {}",
            names.join(", ")
        )
    });
    Err(Error::usage(format!("there is no type `{word}`")).hint(hint))
}

/// The type of a default.
fn kind_of(default: &Value) -> Result<Kind> {
    Ok(match default {
        Value::Bool(_) => Kind::Bool,
        Value::Int(_) => Kind::Integer,
        Value::Float(_) => Kind::Number,
        Value::Text(_) => Kind::Text,
        Value::List(_) => Kind::List(&Kind::Any),
        Value::Map(_) => Kind::Map(&Kind::Any),
        other => return Err(Error::usage(format!("a default cannot be {}", other.kind()))),
    })
}
