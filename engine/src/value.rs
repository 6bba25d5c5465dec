//! Values as operations and facts see them: what a script, an inventory or the command line gave.
//! Knows nothing of Rhai; `script/` converts.

use std::fmt;
use std::sync::Arc;

use indexmap::IndexMap;

use crate::command::Secret;
use crate::error::{Error, Result};

/// Named values in the order in which they were given.
pub type Map = IndexMap<String, Value>;

/// One value.
#[derive(Clone, Debug, Default)]
pub enum Value {
    /// Nothing: Rhai's `()`, JSON's `null`.
    #[default]
    Unit,
    /// True or false.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A number with a fraction.
    Float(f64),
    /// Text.
    Text(String),
    /// Text from the command line: text for a text argument, JSON for every other.
    Word(String),
    /// Text that must not be shown.
    Secret(Secret),
    /// Bytes that need not be text.
    Bytes(Arc<[u8]>),
    /// Values in order.
    List(Vec<Self>),
    /// Values by name.
    Map(Map),
    /// A function of the script.
    Function(Arc<dyn Function>),
    /// The result of an operation.
    Outcome(Arc<dyn Outcome>),
    /// A value that is known only when the run has come there; why.
    Unknown(Arc<str>),
}

/// A function of the script that the engine may call.
pub trait Function: fmt::Debug + Send + Sync {
    /// Calls it on the thread that evaluates the script.
    fn call(&self, arguments: Vec<Value>) -> Result<Value>;
}

/// The result of an operation, as conditions read it.
pub trait Outcome: fmt::Debug + Send + Sync {
    /// Whether the operation changed the host.
    fn changed(&self) -> Result<bool>;

    /// The result itself, for the layer that made it.
    fn as_any(&self) -> &dyn std::any::Any;
}

impl Value {
    /// What kind of value it is, for messages.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Unit => "nothing",
            Self::Bool(_) => "true or false",
            Self::Int(_) => "a whole number",
            Self::Float(_) => "a number",
            Self::Text(_) | Self::Word(_) => "text",
            Self::Secret(_) => "a secret",
            Self::Bytes(_) => "bytes",
            Self::List(_) => "a list",
            Self::Map(_) => "a map",
            Self::Function(_) => "a function",
            Self::Outcome(_) => "an operation's result",
            Self::Unknown(_) => "a value that is not known yet",
        }
    }

    /// The value as JSON; secrets as `***`, bytes as text with replacement characters.
    pub fn to_json(&self) -> serde_json::Value {
        use serde_json::Value as Json;
        match self {
            Self::Unit | Self::Function(_) | Self::Outcome(_) => Json::Null,
            Self::Bool(it) => Json::Bool(*it),
            Self::Int(it) => Json::from(*it),
            Self::Float(it) => Json::from(*it),
            Self::Text(it) | Self::Word(it) => Json::from(it.as_str()),
            Self::Secret(it) => Json::from(it.to_string()),
            Self::Bytes(it) => Json::from(String::from_utf8_lossy(it)),
            Self::List(items) => Json::Array(items.iter().map(Self::to_json).collect()),
            Self::Map(map) => {
                Json::Object(map.iter().map(|(key, it)| (key.clone(), it.to_json())).collect())
            }
            Self::Unknown(why) => Json::from(format!("<{why}>")),
        }
    }

    /// Whether the value, or something in it, is not known yet; why.
    pub fn unknown(&self) -> Option<&Arc<str>> {
        match self {
            Self::Unknown(why) => Some(why),
            Self::List(items) => items.iter().find_map(Self::unknown),
            Self::Map(map) => map.values().find_map(Self::unknown),
            _ => None,
        }
    }

    /// The value with command-line words read as JSON where they parse.
    #[must_use]
    pub fn settle(self) -> Self {
        match self {
            Self::Word(text) => serde_json::from_str::<serde_json::Value>(&text)
                .map_or_else(|_| Self::Text(text), Self::from),
            other => other,
        }
    }

    /// The value as true or false, as a condition reads it.
    pub fn truth(&self) -> Result<bool> {
        match self {
            Self::Bool(it) => Ok(*it),
            Self::Unit => Ok(false),
            Self::Outcome(it) => it.changed(),
            Self::Function(it) => it.call(Vec::new())?.truth(),
            Self::List(items) => {
                for item in items {
                    if !item.truth()? {
                        return Ok(false);
                    }
                }
                Ok(true)
            }
            Self::Unknown(why) => Err(Error::unknown(Arc::clone(why))),
            other => Err(Error::usage(format!("a condition cannot be {}", other.kind()))
                .hint("give true or false, an operation's result, a list of these, or a closure")),
        }
    }
}

impl From<serde_json::Value> for Value {
    fn from(json: serde_json::Value) -> Self {
        use serde_json::Value as Json;
        match json {
            Json::Null => Self::Unit,
            Json::Bool(it) => Self::Bool(it),
            Json::Number(it) => match (it.as_i64(), it.as_u64()) {
                (Some(whole), _) => Self::Int(whole),
                // A float would lose digits.
                (None, Some(large)) => Self::Text(large.to_string()),
                (None, None) => Self::Float(it.as_f64().unwrap_or(f64::NAN)),
            },
            Json::String(it) => Self::Text(it),
            Json::Array(items) => Self::List(items.into_iter().map(Self::from).collect()),
            Json::Object(map) => {
                Self::Map(map.into_iter().map(|(key, it)| (key, Self::from(it))).collect())
            }
        }
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<bool> for Value {
    fn from(it: bool) -> Self {
        Self::Bool(it)
    }
}

impl From<i64> for Value {
    fn from(it: i64) -> Self {
        Self::Int(it)
    }
}

/// The value as it is written in a label or a fact's key: text bare, the rest as JSON.
impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) | Self::Word(text) => f.write_str(text),
            Self::Secret(secret) => write!(f, "{secret}"),
            other => write!(f, "{}", other.to_json()),
        }
    }
}
