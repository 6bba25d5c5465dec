//! Given values, checked and taken by name.

use super::{Arg, ArgDef, Kind, Mode, Scalar};
use crate::command::Secret;
use crate::error::{Error, did_you_mean};
use crate::value::{Map, Value};

/// Given values on their way into an argument list, and the mistakes found so far.
#[derive(Debug, Default)]
pub struct Values {
    given: Map,
    errors: Vec<Error>,
}

impl Values {
    /// Puts positional and named values together under the names of `defs`.
    pub fn new(name: &str, defs: &'static [ArgDef], positional: Vec<Value>, named: Map) -> Self {
        let mut values = Self::default();
        let places = defs.iter().filter(|def| !def.rest);
        if positional.len() > places.clone().count() {
            values.errors.push(Error::usage(format!(
                "`{name}` takes at most {} positional arguments but got {}",
                places.clone().count(),
                positional.len()
            )));
        }
        for (def, value) in places.zip(positional) {
            values.given.insert(def.name.to_owned(), value);
        }
        for (key, value) in named {
            values.name(name, defs, key, value);
        }
        values
    }

    fn name(&mut self, name: &str, defs: &'static [ArgDef], key: String, value: Value) {
        let def = defs
            .iter()
            .find(|def| !def.rest && (def.name == key || def.aliases.contains(&key.as_str())));
        match def {
            Some(def) if self.given.contains_key(def.name) => self.errors.push(
                Error::usage(format!("`{name}` got `{key}` twice"))
                    .hint("give it by position or by name, not both")
                    .argument(key),
            ),
            Some(def) => {
                self.given.insert(def.name.to_owned(), value);
            }
            None if defs.iter().any(|def| def.rest) => {
                self.given.insert(key, value);
            }
            None => {
                let mut error = Error::usage(format!("`{name}` has no argument `{key}`"));
                error.hint = did_you_mean(&key, defs.iter().map(|def| def.name)).or_else(|| {
                    let names: Vec<_> = defs.iter().map(|def| format!("`{}`", def.name)).collect();
                    Some(if names.is_empty() {
                        "it takes no arguments".to_owned()
                    } else {
                        format!("its arguments are {}", names.join(", "))
                    })
                });
                self.errors.push(error.argument(key));
            }
        }
    }

    /// Takes one argument out; an error is kept for [`finish`](Self::finish).
    pub fn take<T: Arg>(&mut self, name: &'static str, default: Option<fn() -> T>) -> Option<T> {
        let given = match self.given.shift_remove(name) {
            // `()` means "not given", so that scripts can pass on what they were not given; but where
            // an optional argument has a default, it is the only way to say "none".
            Some(Value::Unit) if default.is_none() || T::absent().is_none() => None,
            given => given,
        };
        let Some(value) = given else {
            let absent = default.map(|default| default()).or_else(T::absent);
            if absent.is_none() {
                self.errors
                    .push(Error::usage(format!("argument `{name}` is missing")).argument(name));
            }
            return absent;
        };
        if let Some(why) = value.unknown() {
            self.errors.push(Error::unknown(std::sync::Arc::clone(why)).argument(name));
            return None;
        }
        let read = T::read(&value);
        if read.is_none() {
            let mut error = wrong_kind(name, &T::KIND, &value);
            error.hint = T::advice(&value);
            self.errors.push(error);
        }
        read
    }

    /// Takes one argument that a script declared; an error is kept for [`finish`](Self::finish).
    pub(crate) fn take_as(&mut self, def: &ArgDef, default: Option<&Value>) -> Option<Value> {
        let given = self.given.shift_remove(def.name).filter(|it| !matches!(it, Value::Unit));
        let Some(value) = given else {
            if def.required {
                let error = Error::usage(format!("argument `{}` is missing", def.name));
                self.errors.push(error.argument(def.name));
                return None;
            }
            return Some(default.cloned().unwrap_or_default());
        };
        if let Some(why) = value.unknown() {
            self.errors.push(Error::unknown(std::sync::Arc::clone(why)).argument(def.name));
            return None;
        }
        let read = def.kind.read(&value);
        if read.is_none() {
            let mut error = wrong_kind(def.name, &def.kind, &value);
            error.hint = def.kind.advice(&value);
            self.errors.push(error);
        }
        read
    }

    /// Takes all that is left.
    pub fn rest(&mut self) -> Map {
        std::mem::take(&mut self.given)
    }

    /// The mistakes, if there are any.
    pub fn finish(&mut self) -> Result<(), Vec<Error>> {
        if self.errors.is_empty() { Ok(()) } else { Err(std::mem::take(&mut self.errors)) }
    }
}

fn wrong_kind(name: &str, kind: &Kind, value: &Value) -> Error {
    Error::usage(format!("argument `{name}` takes {kind}, not {}", describe(value))).argument(name)
}

/// Arguments of scripts' own operations and facts have no Rust type: their kind reads them.
impl Kind {
    /// The value as one of this kind; `None` where it is of another.
    pub(crate) fn read(&self, value: &Value) -> Option<Value> {
        fn as_type<T: Arg>(value: &Value) -> Option<Value> {
            T::read(value).map(|it| it.write())
        }
        let settled = match (self, value) {
            (Self::List(_) | Self::OneOrMany(_) | Self::Map(_), Value::Word(_)) => {
                value.clone().settle()
            }
            _ => value.clone(),
        };
        match (self, &settled) {
            (Self::Text | Self::Scalar, Value::Secret(_))
            | (Self::Function, Value::Function(_)) => Some(settled),
            (Self::Text, value) => as_type::<String>(value),
            (Self::Scalar, value) => as_type::<Scalar>(value),
            (Self::Bool, value) => as_type::<bool>(value),
            (Self::Integer, value) => as_type::<i64>(value),
            (Self::Number, value) => as_type::<f64>(value),
            (Self::Mode, value) => as_type::<Mode>(value),
            (Self::Secret, value) => as_type::<Secret>(value),
            (Self::Any, value) => as_type::<Value>(value),
            (Self::Choice(words), value) => {
                let word = String::read(value)?;
                words.contains(&word.as_str()).then_some(Value::Text(word))
            }
            (Self::List(of) | Self::OneOrMany(of), Value::List(items)) => {
                items.iter().map(|it| of.read(it)).collect::<Option<_>>().map(Value::List)
            }
            (Self::OneOrMany(of), value) => of.read(value).map(|one| Value::List(vec![one])),
            (Self::Map(of), Value::Map(map)) => {
                let entries = map.iter().map(|(key, it)| Some((key.clone(), of.read(it)?)));
                entries.collect::<Option<Map>>().map(Value::Map)
            }
            (Self::List(_) | Self::Map(_) | Self::Function, _) => None,
        }
    }

    fn advice(&self, value: &Value) -> Option<String> {
        match self {
            Self::Text => String::advice(value),
            Self::Mode => Mode::advice(value),
            Self::Choice(words) => did_you_mean(&value.to_string(), words.iter().copied()),
            Self::List(of) if of.read(value).is_some() => {
                Some("write it as a list: [ … ]".to_owned())
            }
            _ => None,
        }
    }
}

/// A value in a message: its kind, and the value itself where it is short.
fn describe(value: &Value) -> String {
    match value {
        Value::Bool(_) | Value::Int(_) | Value::Float(_) => format!("`{value}`"),
        Value::Text(text) | Value::Word(text) if text.chars().count() <= 40 => {
            format!("{text:?}")
        }
        other => other.kind().to_owned(),
    }
}
