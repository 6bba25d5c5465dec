//! Arguments that may be written in more than one form.

use std::fmt;

use super::{Arg, Kind};
use crate::command::Secret;
use crate::value::Value;

/// One value or a list of values.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OneOrMany<T>(pub Vec<T>);

impl<T> std::ops::Deref for OneOrMany<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &self.0
    }
}

/// Paths or commands that guard an operation: groups of them, one for each block around the call and one for the
/// call itself. Each group says for itself whether the operation runs.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Guards(pub Vec<OneOrMany<String>>);

impl Arg for Guards {
    const KIND: Kind = OneOrMany::<String>::KIND;

    fn read(value: &Value) -> Option<Self> {
        match value {
            Value::List(items) if items.iter().any(|it| matches!(it, Value::List(_))) => {
                items.iter().map(OneOrMany::read).collect::<Option<_>>().map(Self)
            }
            one => OneOrMany::read(one).map(|group| Self(vec![group])),
        }
    }

    fn write(&self) -> Value {
        match self.0.as_slice() {
            [one] => one.write(),
            many => Value::List(many.iter().map(Arg::write).collect()),
        }
    }
}

impl<T: Arg> Arg for OneOrMany<T> {
    const KIND: Kind = Kind::OneOrMany(&T::KIND);

    fn read(value: &Value) -> Option<Self> {
        let many = Vec::read(value);
        many.or_else(|| T::read(value).map(|one| vec![one])).map(Self)
    }

    fn write(&self) -> Value {
        match self.0.as_slice() {
            [one] => one.write(),
            many => Value::List(many.iter().map(T::write).collect()),
        }
    }

    fn advice(value: &Value) -> Option<String> {
        match value {
            Value::List(_) => Vec::<T>::advice(value),
            value => T::advice(value),
        }
    }
}

/// Text that a script may give as a number: `"5"` or `5`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scalar(pub String);

impl From<&str> for Scalar {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl fmt::Display for Scalar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Arg for Scalar {
    const KIND: Kind = Kind::Scalar;

    fn read(value: &Value) -> Option<Self> {
        match value {
            Value::Int(_) | Value::Float(_) => Some(Self(value.to_string())),
            value => String::read(value).map(Self),
        }
    }

    fn write(&self) -> Value {
        Value::Text(self.0.clone())
    }
}

/// Text that may be a secret.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Phrase {
    /// Text that may be shown.
    Plain(String),
    /// Text that may not.
    Secret(Secret),
}

impl Phrase {
    /// The text itself, for the wire.
    pub fn reveal(&self) -> &str {
        match self {
            Self::Plain(text) => text,
            Self::Secret(secret) => secret.reveal(),
        }
    }
}

impl Arg for Phrase {
    const KIND: Kind = Kind::Scalar;

    fn read(value: &Value) -> Option<Self> {
        match value {
            Value::Secret(secret) => Some(Self::Secret(secret.clone())),
            Value::Bool(it) => Some(Self::Plain(it.to_string())),
            value => Scalar::read(value).map(|it| Self::Plain(it.0)),
        }
    }

    fn write(&self) -> Value {
        match self {
            Self::Plain(text) => Value::Text(text.clone()),
            Self::Secret(secret) => Value::Secret(secret.clone()),
        }
    }
}
