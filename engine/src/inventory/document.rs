//! Files that hold named values: Rhai, TOML, YAML and JSON, told apart by their ending.

use std::collections::HashMap;
use std::fmt;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use serde::Deserialize;
use serde::de::{Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use toml::de::{DeTable, DeValue};

use crate::error::Error;
use crate::place::shown;
use crate::place::{Place, Problem};
use crate::script::DataScripts;
use crate::value::{Map, Value};

/// Endings of files that hold named values.
pub(super) const ENDINGS: [&str; 5] = ["rhai", "toml", "yaml", "yml", "json"];

/// Named values from a file, in its order.
#[derive(Debug)]
pub(super) struct Document {
    /// The file, as the user would write it.
    pub(super) name: Arc<str>,
    /// What it holds.
    pub(super) values: Map,
    /// Whether it is a script, in which there are variables besides those that are meant.
    pub(super) is_script: bool,
    text: Option<Arc<str>>,
    places: HashMap<String, Place>,
}

impl Document {
    /// Reads the file at `path`.
    pub(super) fn read(path: &Path, scripts: &DataScripts) -> Result<Self, Vec<Problem>> {
        match path.extension().and_then(|it| it.to_str()) {
            Some("rhai") => Self::script(path, scripts),
            Some("toml") => Self::text(path, toml),
            Some("json") => Self::text(path, json),
            Some("yaml" | "yml") => Self::text(path, yaml),
            _ => Err(vec![Problem::new(
                Error::usage(format!("`{}` is no kind of file that holds values", shown(path)))
                    .hint(format!("the ending is one of .{}", ENDINGS.join(", ."))),
            )]),
        }
    }

    /// An error about one of the values, or about the whole file where it has no such value.
    pub(super) fn problem(&self, key: &str, error: Error) -> Problem {
        let whole = Place { file: Arc::clone(&self.name), line: 0, column: 0 };
        let place = self.places.get(key).cloned();
        let width = if place.is_some() { key.chars().count() } else { 0 };
        let problem = Problem::at(error, place.unwrap_or(whole), self.text.clone());
        Problem { width, ..problem }
    }

    fn script(path: &Path, scripts: &DataScripts) -> Result<Self, Vec<Problem>> {
        let values = scripts.variables(path)?;
        let name: Arc<str> = shown(path).into();
        let places = values
            .keys()
            .filter_map(|key| Some((key.clone(), scripts.place(path, key)?)))
            .collect();
        Ok(Self { text: scripts.text(&name), name, values, is_script: true, places })
    }

    fn text(
        path: &Path,
        parse: impl FnOnce(&str) -> Result<Value, Misread>,
    ) -> Result<Self, Vec<Problem>> {
        let name: Arc<str> = shown(path).into();
        let text: Arc<str> = read_text(path).map_err(|error| vec![error.into()])?.into();
        let place = |line, column| Place { file: Arc::clone(&name), line, column };
        let value = parse(&text).map_err(|it| {
            let error = Error::usage(it.message);
            vec![Problem::at(error, place(it.line, it.column), Some(Arc::clone(&text)))]
        })?;
        let values = match value {
            Value::Map(values) => values,
            Value::Unit => Map::new(),
            other => {
                let error =
                    Error::usage(format!("the file holds {}, not values by name", other.kind()));
                return Err(vec![Problem::at(error, place(0, 0), Some(Arc::clone(&text)))]);
            }
        };
        let places = values
            .keys()
            .filter_map(|key| find_key(&text, key).map(|(line, at)| (key.clone(), place(line, at))))
            .collect();
        Ok(Self { name, values, is_script: false, text: Some(text), places })
    }
}

/// The text of a file.
pub(super) fn read_text(path: &Path) -> Result<String, Error> {
    let name = shown(path);
    let bytes =
        fs::read(path).map_err(|error| Error::usage(format!("cannot read `{name}`: {error}")))?;
    crate::bytes::written(bytes, &name)
}

/// What does not parse, and where.
#[derive(Debug)]
pub(crate) struct Misread {
    /// A lower-case sentence.
    pub(crate) message: String,
    /// From 1; 0 where it is not known.
    pub(crate) line: usize,
    /// From 1.
    pub(crate) column: usize,
}

impl Misread {
    /// A parser's message may go on for lines; its first says it.
    fn new(message: &str, line: usize, column: usize) -> Self {
        Self { message: message.lines().next().unwrap_or_default().to_owned(), line, column }
    }
}

/// JSON's value; a key that stands twice in one object is an error.
pub(crate) fn json(text: &str) -> Result<Value, Misread> {
    serde_json::from_str::<Plain>(text).map(|it| it.0).map_err(|error| {
        let message = error.to_string();
        let message = message.split(" at line ").next().unwrap_or_default();
        Misread::new(message, error.line(), error.column())
    })
}

/// YAML's value. Numbers that start with a zero stay text, as `mode: 0644` is meant.
pub(crate) fn yaml(text: &str) -> Result<Value, Misread> {
    let options = serde_saphyr::options! {
        leading_zero_numbers_as_strings: true,
        with_snippet: false,
    };
    serde_saphyr::from_str_with_options::<Plain>(text, options).map(|it| it.0).map_err(|error| {
        let number = |it: u64| usize::try_from(it).unwrap_or(0);
        let at = error.location().map_or((0, 0), |it| (number(it.line()), number(it.column())));
        let message = error.to_string();
        // The parser writes the place in words too, and which of its settings allows it.
        let message = message.split(" at line ").next().unwrap_or_default();
        let message = message.split(", set DuplicateKeyPolicy").next().unwrap_or_default();
        Misread::new(message.strip_prefix("error: ").unwrap_or(message), at.0, at.1)
    })
}

/// TOML's value; dates and times are text.
pub(crate) fn toml(text: &str) -> Result<Value, Misread> {
    let parsed = DeTable::parse(text).map_err(|error| {
        let (line, column) = error.span().map_or((0, 0), |it| position(text, it.start));
        Misread::new(error.message(), line, column)
    })?;
    toml_table(parsed.get_ref(), text)
}

/// The parser sorts keys by name; the order in which they stand is the order that counts.
fn toml_table(table: &DeTable<'_>, text: &str) -> Result<Value, Misread> {
    let mut entries: Vec<_> = table.iter().collect();
    entries.sort_by_key(|(key, _)| key.span().start);
    let mut map = Map::new();
    for (key, value) in entries {
        let value = toml_value(value.get_ref(), text, value.span().start)?;
        map.insert(key.get_ref().to_string(), value);
    }
    Ok(Value::Map(map))
}

fn toml_value(value: &DeValue<'_>, text: &str, offset: usize) -> Result<Value, Misread> {
    let too_large = || {
        let (line, column) = position(text, offset);
        Misread::new("the number is too large", line, column)
    };
    Ok(match value {
        DeValue::String(it) => Value::Text(it.to_string()),
        DeValue::Boolean(it) => Value::Bool(*it),
        DeValue::Datetime(it) => Value::Text(it.to_string()),
        DeValue::Float(it) => Value::Float(it.as_str().parse().map_err(|_| too_large())?),
        DeValue::Integer(it) => {
            Value::Int(i64::from_str_radix(it.as_str(), it.radix()).map_err(|_| too_large())?)
        }
        DeValue::Array(items) => {
            let items = items.iter().map(|it| toml_value(it.get_ref(), text, it.span().start));
            Value::List(items.collect::<Result<_, _>>()?)
        }
        DeValue::Table(table) => toml_table(table, text)?,
    })
}

/// Line and column, from 1, of a byte of the text.
fn position(text: &str, offset: usize) -> (usize, usize) {
    let before = text.get(..offset).unwrap_or(text);
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    let column = before.get(line_start..).unwrap_or_default().chars().count() + 1;
    (before.matches('\n').count() + 1, column)
}

/// Where a top-level key stands, by its looks: the first line on which it comes before `:`, `=` or `]`.
fn find_key(text: &str, key: &str) -> Option<(usize, usize)> {
    text.lines().enumerate().find_map(|(number, line)| {
        let start = line.find(|it: char| !matches!(it, ' ' | '{' | '[' | '"' | '\''))?;
        let rest = line.get(start..)?.strip_prefix(key)?;
        let next = rest.trim_start_matches(['"', '\'']).trim_start().chars().next()?;
        let column = line.get(..start)?.chars().count() + 1;
        matches!(next, ':' | '=' | ']' | '.').then_some((number + 1, column))
    })
}

/// Any value, with keys that stand twice refused.
struct Plain(Value);

impl<'de> Deserialize<'de> for Plain {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(PlainVisitor)
    }
}

struct PlainVisitor;

impl<'de> Visitor<'de> for PlainVisitor {
    type Value = Plain;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<Plain, E> {
        Ok(Plain(Value::Unit))
    }

    fn visit_none<E>(self) -> Result<Plain, E> {
        Ok(Plain(Value::Unit))
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Plain, D::Error> {
        Plain::deserialize(deserializer)
    }

    fn visit_bool<E>(self, it: bool) -> Result<Plain, E> {
        Ok(Plain(Value::Bool(it)))
    }

    fn visit_i64<E>(self, it: i64) -> Result<Plain, E> {
        Ok(Plain(Value::Int(it)))
    }

    fn visit_u64<E: serde::de::Error>(self, it: u64) -> Result<Plain, E> {
        let it = i64::try_from(it).map_err(|_| E::custom("the number is too large"))?;
        Ok(Plain(Value::Int(it)))
    }

    fn visit_f64<E>(self, it: f64) -> Result<Plain, E> {
        Ok(Plain(Value::Float(it)))
    }

    fn visit_str<E>(self, it: &str) -> Result<Plain, E> {
        Ok(Plain(Value::from(it)))
    }

    fn visit_string<E>(self, it: String) -> Result<Plain, E> {
        Ok(Plain(Value::Text(it)))
    }

    fn visit_bytes<E>(self, it: &[u8]) -> Result<Plain, E> {
        Ok(Plain(Value::Bytes(it.into())))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Plain, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element::<Plain>()? {
            list.push(item.0);
        }
        Ok(Plain(Value::List(list)))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Plain, A::Error> {
        let mut map = Map::new();
        while let Some((key, value)) = entries.next_entry::<String, Plain>()? {
            if map.contains_key(&key) {
                return Err(A::Error::custom(format!("the key `{key}` stands twice")));
            }
            map.insert(key, value.0);
        }
        Ok(Plain(Value::Map(map)))
    }
}
