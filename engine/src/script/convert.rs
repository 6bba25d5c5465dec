//! Rhai's values and the engine's.

use std::sync::Arc;

use rhai::{Blob, Dynamic, FnPtr, ImmutableString};

use super::callback::Callback;
use super::result::OpResult;
use crate::command::Secret;
use crate::value::{Map, Value};

/// A value that is known only when the run has come there, as a script holds it in the plan.
#[derive(Clone, Debug)]
pub(crate) struct Unknown {
    /// What it waits for.
    pub(crate) why: Arc<str>,
    /// Whether it is a map of yes and no, such as the states of services: what is in it can be decided by.
    pub(crate) has_flags: bool,
}

/// What stands for an unknown value in text: the plan recognises it in whatever the script made of it.
/// Both are private-use characters, which no file name and no command has.
const OPEN: char = '\u{10FFF0}';
const CLOSE: char = '\u{10FFF1}';

impl Unknown {
    /// A value of which nothing is known.
    pub(crate) fn of(why: impl Into<Arc<str>>) -> Self {
        Self { why: why.into(), has_flags: false }
    }

    /// How it shows in text that a script puts together.
    pub(crate) fn mark(&self) -> String {
        format!("{OPEN}{}{CLOSE}", self.why)
    }
}

/// Why text is not known yet, if it holds an unknown value.
fn marked(text: &str) -> Option<Arc<str>> {
    let (_, rest) = text.split_once(OPEN)?;
    let (why, _) = rest.split_once(CLOSE)?;
    Some(Arc::from(why))
}

/// Text for people: unknown values as `<why>`.
pub(crate) fn readable(text: &str) -> String {
    text.replace(OPEN, "<").replace(CLOSE, ">")
}

/// The engine's value for one of Rhai's.
pub(crate) fn from_rhai(value: &Dynamic) -> Value {
    if value.is_unit() {
        return Value::Unit;
    }
    if let Ok(it) = value.as_bool() {
        return Value::Bool(it);
    }
    if let Ok(it) = value.as_int() {
        return Value::Int(it);
    }
    if let Ok(it) = value.as_float() {
        return Value::Float(it);
    }
    if let Ok(it) = value.as_char() {
        return Value::Text(it.to_string());
    }
    if let Ok(text) = value.as_immutable_string_ref() {
        return marked(&text).map_or_else(|| Value::Text(text.to_string()), Value::Unknown);
    }
    if let Ok(items) = value.as_array_ref() {
        return Value::List(items.iter().map(from_rhai).collect());
    }
    if let Ok(map) = value.as_map_ref() {
        return Value::Map(map.iter().map(|(key, it)| (key.to_string(), from_rhai(it))).collect());
    }
    if let Ok(bytes) = value.as_blob_ref() {
        return Value::Bytes(Arc::from(bytes.as_slice()));
    }
    if let Some(result) = value.read_lock::<OpResult>() {
        return Value::Outcome(Arc::new(result.clone()));
    }
    if let Some(unknown) = value.read_lock::<Unknown>() {
        return Value::Unknown(Arc::clone(&unknown.why));
    }
    if let Some(callback) = value.read_lock::<Callback>() {
        return Value::Function(Arc::new(callback.clone()));
    }
    if let Some(pointer) = value.read_lock::<FnPtr>() {
        return Value::Function(Arc::new(Callback::bare(pointer.clone())));
    }
    Value::Text(value.to_string())
}

/// Rhai's value for one of the engine's. A secret becomes its text: its value stays known to the engine,
/// which hides it wherever it is shown.
pub(crate) fn to_rhai(value: Value) -> Dynamic {
    match value {
        // No value that the engine makes holds a function.
        Value::Unit | Value::Function(_) => Dynamic::UNIT,
        Value::Bool(it) => it.into(),
        Value::Int(it) => it.into(),
        Value::Float(it) => it.into(),
        Value::Text(it) | Value::Word(it) => it.into(),
        Value::Secret(it) => ImmutableString::from(it.reveal()).into(),
        Value::Bytes(it) => Blob::from(&*it).into(),
        Value::List(items) => items.into_iter().map(to_rhai).collect::<rhai::Array>().into(),
        Value::Map(map) => map_to_rhai(map).into(),
        Value::Unknown(why) => Dynamic::from(Unknown::of(why)),
        Value::Outcome(it) => it
            .as_any()
            .downcast_ref::<OpResult>()
            .map_or(Dynamic::UNIT, |result| Dynamic::from(result.clone())),
    }
}

/// A map for a script.
pub(crate) fn map_to_rhai(map: Map) -> rhai::Map {
    map.into_iter().map(|(key, it)| (key.into(), to_rhai(it))).collect()
}

/// A map from a script.
pub(crate) fn map_from_rhai(map: &rhai::Map) -> Map {
    map.iter().map(|(key, it)| (key.to_string(), from_rhai(it))).collect()
}

/// A secret for a script.
pub(crate) fn secret(text: &str) -> ImmutableString {
    Secret::new(text).reveal().into()
}
