//! How values of scripts become Rust's own types.

use std::time::Duration;

use indexmap::IndexMap;

use super::{Arg, Kind};
use crate::command::Secret;
use crate::value::Value;

impl Arg for String {
    const KIND: Kind = Kind::Text;

    fn read(value: &Value) -> Option<Self> {
        match value {
            Value::Text(text) | Value::Word(text) => Some(text.clone()),
            Value::Secret(secret) => Some(secret.reveal().to_owned()),
            _ => None,
        }
    }

    fn write(&self) -> Value {
        Value::Text(self.clone())
    }

    fn advice(value: &Value) -> Option<String> {
        matches!(value, Value::Int(_) | Value::Float(_) | Value::Bool(_))
            .then(|| format!("write it in quotes: \"{value}\""))
    }
}

impl Arg for bool {
    const KIND: Kind = Kind::Bool;

    fn read(value: &Value) -> Option<Self> {
        match value {
            Value::Bool(it) => Some(*it),
            Value::Word(text) => text.to_ascii_lowercase().parse().ok(),
            _ => None,
        }
    }

    fn write(&self) -> Value {
        Value::Bool(*self)
    }
}

macro_rules! whole_numbers {
    ($($number:ty)*) => { $(impl Arg for $number {
        const KIND: Kind = Kind::Integer;

        fn read(value: &Value) -> Option<Self> {
            match value {
                Value::Int(it) => Self::try_from(*it).ok(),
                Value::Word(text) => text.parse().ok(),
                _ => None,
            }
        }

        fn write(&self) -> Value {
            i64::try_from(*self).map_or_else(|_| Value::Text(self.to_string()), Value::Int)
        }
    })* };
}

whole_numbers!(i32 i64 u16 u32 u64 usize);

impl Arg for f64 {
    const KIND: Kind = Kind::Number;

    fn read(value: &Value) -> Option<Self> {
        match value {
            #[expect(clippy::cast_precision_loss, reason = "seconds and the like, far below 2^52")]
            Value::Int(it) => Some(*it as Self),
            Value::Float(it) => Some(*it),
            Value::Word(text) => text.parse().ok(),
            _ => None,
        }
    }

    fn write(&self) -> Value {
        Value::Float(*self)
    }
}

/// Seconds that are as good as for ever; clocks cannot reckon with more.
const FOR_EVER: f64 = 3e9;

/// Seconds.
impl Arg for Duration {
    const KIND: Kind = Kind::Number;

    fn read(value: &Value) -> Option<Self> {
        let seconds = f64::read(value).filter(|it| !it.is_nan())?;
        Self::try_from_secs_f64(seconds.min(FOR_EVER)).ok()
    }

    fn write(&self) -> Value {
        Value::Float(self.as_secs_f64())
    }

    fn advice(_value: &Value) -> Option<String> {
        Some("write seconds, from 0 on".to_owned())
    }
}

impl Arg for Secret {
    const KIND: Kind = Kind::Secret;

    fn read(value: &Value) -> Option<Self> {
        match value {
            Value::Secret(secret) => Some(secret.clone()),
            Value::Text(text) | Value::Word(text) => Some(Self::new(text.as_str())),
            _ => None,
        }
    }

    fn write(&self) -> Value {
        Value::Secret(self.clone())
    }
}

impl Arg for Value {
    const KIND: Kind = Kind::Any;

    fn read(value: &Value) -> Option<Self> {
        Some(value.clone().settle())
    }

    fn write(&self) -> Value {
        self.clone()
    }
}

impl Arg for std::sync::Arc<dyn crate::value::Function> {
    const KIND: Kind = Kind::Function;

    fn read(value: &Value) -> Option<Self> {
        match value {
            Value::Function(function) => Some(Self::clone(function)),
            _ => None,
        }
    }

    fn write(&self) -> Value {
        Value::Function(Self::clone(self))
    }
}

impl<T: Arg> Arg for Option<T> {
    const KIND: Kind = T::KIND;

    fn read(value: &Value) -> Option<Self> {
        match value {
            Value::Unit => Some(None),
            // `null`, and `None` as pyinfra's users write it.
            Value::Word(text) if text == "null" || text == "None" => Some(None),
            value => T::read(value).map(Some),
        }
    }

    fn write(&self) -> Value {
        self.as_ref().map_or(Value::Unit, T::write)
    }

    fn absent() -> Option<Self> {
        Some(None)
    }

    fn advice(value: &Value) -> Option<String> {
        T::advice(value)
    }
}

impl<T: Arg> Arg for Vec<T> {
    const KIND: Kind = Kind::List(&T::KIND);

    fn read(value: &Value) -> Option<Self> {
        match value {
            Value::List(items) => items.iter().map(T::read).collect(),
            Value::Word(_) => match value.clone().settle() {
                settled @ Value::List(_) => Self::read(&settled),
                _ => None,
            },
            _ => None,
        }
    }

    fn write(&self) -> Value {
        Value::List(self.iter().map(T::write).collect())
    }

    fn advice(value: &Value) -> Option<String> {
        match value {
            Value::List(items) => items.iter().find(|it| T::read(it).is_none()).and_then(T::advice),
            value if T::read(value).is_some() => Some("write it as a list: [ … ]".to_owned()),
            _ => None,
        }
    }
}

impl<T: Arg> Arg for IndexMap<String, T> {
    const KIND: Kind = Kind::Map(&T::KIND);

    fn read(value: &Value) -> Option<Self> {
        match value {
            Value::Map(map) => {
                map.iter().map(|(key, it)| Some((key.clone(), T::read(it)?))).collect()
            }
            Value::Word(_) => match value.clone().settle() {
                settled @ Value::Map(_) => Self::read(&settled),
                _ => None,
            },
            _ => None,
        }
    }

    fn write(&self) -> Value {
        Value::Map(self.iter().map(|(key, it)| (key.clone(), it.write())).collect())
    }
}
