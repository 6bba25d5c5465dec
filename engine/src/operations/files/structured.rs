//! What the operations on JSON and YAML have in common: where a value is, and what is wanted of it.

use serde_json::{Map as Object, Value as Json};

use super::rewrite::{Backup, Rewrite, fetch};
use crate::args::{Args, OneOrMany};
use crate::value::Value;
use crate::{Commands, Error, Host, Result};

/// What is wanted of a value in a file: arguments that they share.
#[derive(Debug, Args)]
#[args("files")]
pub(crate) struct Wanted {
    /// The value: text, a number, true or false, a list or a map.
    value: Option<Value>,

    /// Whether the key should be there.
    #[arg(default = true)]
    present: bool,

    /// Copy the file first: `true` adds date and time to its name, text is added as it is.
    #[arg(default = Backup::None)]
    backup: Backup,

    /// A command that must accept the new file before it goes live; `%s` is the file.
    validate: Option<String>,
}

/// The text with the value under the keys set, or removed where it is `None`.
pub(crate) type Edit = fn(text: &str, keys: &[String], value: Option<Json>) -> Result<String>;

impl Wanted {
    /// What must be done to a file, whose format `edit` knows.
    pub(crate) fn plan(
        &self,
        host: &Host<'_>,
        path: &str,
        key: &OneOrMany<String>,
        edit: Edit,
    ) -> Result<Commands> {
        let keys = keys(key)?;
        let value = match (&self.value, self.present) {
            (Some(value), true) => Some(plain(value)),
            (_, false) => None,
            (None, true) => {
                return Err(Error::usage("argument `value` is missing").argument("value"));
            }
        };
        let before = fetch(host, path)?;
        let text = before.as_deref().unwrap_or_default();
        let after = edit(text, &keys, value)
            .map_err(|error| Error { message: format!("{path}: {}", error.message), ..error })?;
        let before = before.or_else(|| after.is_empty().then(String::new));
        let is = if self.present { "is as it should be" } else { "is not there" };
        let note = format!("{} {is} in {path}", keys.join("."));
        let file = Rewrite { path, backup: &self.backup, validate: self.validate.as_deref() };
        file.plan(host, before.as_deref(), &after, note)
    }
}

/// The keys that lead to a value: `a.b.c` split at its dots, or a list taken as it is.
fn keys(given: &OneOrMany<String>) -> Result<Vec<String>> {
    let keys: Vec<String> = match &*given.0 {
        [one] => one.split('.').map(str::to_owned).collect(),
        many => many.to_vec(),
    };
    if keys.is_empty() || keys.iter().any(String::is_empty) {
        return Err(Error::usage("`key` must name a value")
            .hint("write \"a.b\", or [\"a\", \"b.c\"] where a key holds a dot")
            .argument("key"));
    }
    Ok(keys)
}

/// A value of the script as it is written to a file: secrets in the clear.
fn plain(value: &Value) -> Json {
    match value {
        Value::Secret(secret) => Json::from(secret.reveal()),
        Value::List(items) => items.iter().map(plain).collect(),
        Value::Map(map) => {
            Json::Object(map.iter().map(|(key, it)| (key.clone(), plain(it))).collect())
        }
        other => other.to_json(),
    }
}

/// The value under the keys; list items are found by their number.
pub(crate) fn get<'a>(json: &'a Json, keys: &[String]) -> Option<&'a Json> {
    keys.iter().try_fold(json, |json, key| match json {
        Json::Object(map) => map.get(key),
        Json::Array(items) => items.get(key.parse::<usize>().ok()?),
        _ => None,
    })
}

/// Puts a value under the keys, with objects on the way where there is nothing.
pub(crate) fn set(json: &mut Json, keys: &[String], value: Json) -> Result<()> {
    let Some((key, rest)) = keys.split_first() else {
        *json = value;
        return Ok(());
    };
    if json.is_null() {
        *json = Json::Object(Object::new());
    }
    match json {
        Json::Object(map) => set(map.entry(key.clone()).or_insert(Json::Null), rest, value),
        Json::Array(items) => {
            let item = key.parse::<usize>().ok().and_then(|at| items.get_mut(at));
            let item =
                item.ok_or_else(|| Error::failed(format!("the list has no item `{key}`")))?;
            set(item, rest, value)
        }
        _ => Err(Error::failed(format!("`{key}` cannot be set in a value that has no keys"))
            .hint("set the whole value, or remove it first")),
    }
}

/// Takes the value under the keys out.
pub(crate) fn remove(json: &mut Json, keys: &[String]) {
    let Some((last, way)) = keys.split_last() else { return };
    let parent = way.iter().try_fold(json, |json, key| match json {
        Json::Object(map) => map.get_mut(key),
        Json::Array(items) => items.get_mut(key.parse::<usize>().ok()?),
        _ => None,
    });
    match parent {
        Some(Json::Object(map)) => {
            map.shift_remove(last);
        }
        Some(Json::Array(items)) => {
            if let Some(at) = last.parse().ok().filter(|at| *at < items.len()) {
                items.remove(at);
            }
        }
        _ => {}
    }
}
