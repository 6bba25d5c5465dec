//! Documented, typed argument lists: what operations, facts and global arguments have in common.
//!
//! `#[derive(Args)]` writes [`Args`] from a struct: its doc comment is the manual, its fields are the
//! arguments. Checking (names, types, what is required, "did you mean") happens here, once.

mod choice;

use std::fmt;

use indexmap::IndexMap;
pub use infra_macros::Args;

pub(crate) use self::choice::choice;

use crate::command::Secret;
use crate::error::{Error, did_you_mean};
use crate::value::{Map, Value};

/// A named, documented list of arguments. Written by `#[derive(Args)]`, never by hand.
pub trait Args: fmt::Debug + Send + Sync + Sized + 'static {
    /// The public name: `server.user`.
    const NAME: &'static str;
    /// The doc comment: what it means, with examples.
    const DOC: &'static str;
    /// The arguments in declared order.
    const ARGS: &'static [ArgDef];
    /// The source file that declares it.
    const FILE: &'static str;

    /// Takes the arguments out of what was given; mistakes are kept there.
    fn take(values: &mut Values) -> Option<Self>;

    /// Reads the arguments; every mistake at once.
    fn read(mut values: Values) -> Result<Self, Vec<Error>> {
        let taken = Self::take(&mut values);
        values.finish()?;
        taken.ok_or_else(|| vec![Error::usage("an argument is neither there nor missing")])
    }

    /// The arguments that differ from their defaults, in declared order.
    fn write(&self) -> Map;
}

/// One argument.
#[derive(Clone, Copy, Debug)]
pub struct ArgDef {
    /// Its name.
    pub name: &'static str,
    /// Its doc comment.
    pub doc: &'static str,
    /// What values it takes.
    pub kind: Kind,
    /// Whether it must be given.
    pub required: bool,
    /// Its default as it is written in Rust; `None` where it has none.
    pub default: Option<&'static str>,
    /// Older names that are understood too.
    pub aliases: &'static [&'static str],
    /// Whether it takes all names that no other argument has: a template's data.
    pub rest: bool,
}

/// How many arguments are in all these lists together.
pub const fn count(lists: &[&[ArgDef]]) -> usize {
    let mut count = 0;
    let mut lists = lists;
    while let [first, rest @ ..] = lists {
        count += first.len();
        lists = rest;
    }
    count
}

/// The arguments of these lists as one; `COUNT` is how many they are.
#[expect(clippy::indexing_slicing, reason = "it is evaluated when the program is built")]
pub const fn joined<const COUNT: usize>(lists: &[&[ArgDef]]) -> [ArgDef; COUNT] {
    const NONE: ArgDef = ArgDef {
        name: "",
        doc: "",
        kind: Kind::Any,
        required: false,
        default: None,
        aliases: &[],
        rest: false,
    };
    let mut all = [NONE; COUNT];
    let mut at = 0;
    let mut lists = lists;
    while let [first, rest @ ..] = lists {
        let mut items: &[ArgDef] = first;
        while let [item, others @ ..] = items {
            all[at] = *item;
            at += 1;
            items = others;
        }
        lists = rest;
    }
    all
}

/// What values an argument takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Text.
    Text,
    /// True or false.
    Bool,
    /// A whole number.
    Integer,
    /// A number.
    Number,
    /// Text or a number.
    Scalar,
    /// A file mode: `644`, `"0644"`, `"u+x"`.
    Mode,
    /// Text that is not shown.
    Secret,
    /// One of these words.
    Choice(&'static [&'static str]),
    /// A list.
    List(&'static Self),
    /// One value or a list.
    OneOrMany(&'static Self),
    /// Names and values.
    Map(&'static Self),
    /// A function of the script.
    Function,
    /// Any value.
    Any,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text => f.write_str("text"),
            Self::Bool => f.write_str("true or false"),
            Self::Integer => f.write_str("a whole number"),
            Self::Number => f.write_str("a number"),
            Self::Scalar => f.write_str("text or a number"),
            Self::Mode => f.write_str("a file mode"),
            Self::Secret => f.write_str("text or a secret"),
            Self::Choice(words) => {
                for (at, word) in words.iter().enumerate() {
                    let gap = match at {
                        0 => "",
                        _ if at + 1 == words.len() => " or ",
                        _ => ", ",
                    };
                    write!(f, "{gap}\"{word}\"")?;
                }
                Ok(())
            }
            Self::List(of) => write!(f, "a list of {of}"),
            Self::OneOrMany(of) => write!(f, "{of}, or a list of it"),
            Self::Map(of) => write!(f, "a map to {of}"),
            Self::Function => f.write_str("a function"),
            Self::Any => f.write_str("any value"),
        }
    }
}

/// A type that an argument can have. The type is the check: `plan` never examines a value again.
pub trait Arg: Sized {
    /// What values it takes.
    const KIND: Kind;

    /// Reads a value; `None` where it is of another kind.
    fn read(value: &Value) -> Option<Self>;

    /// The value that reads as this.
    fn write(&self) -> Value;

    /// What it is where it is not given; `None` where it must be given.
    fn absent() -> Option<Self> {
        None
    }

    /// Advice for a value that is of another kind.
    fn advice(_value: &Value) -> Option<String> {
        None
    }
}

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

/// A file mode: permission bits, or a change of them as `chmod` writes it.
///
/// `644`, `"644"`, `"0644"` and `"0o644"` all mean `rw-r--r--`: the digits are octal whether or not
/// they are in quotes, as in pyinfra.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Permission bits.
    Bits(u32),
    /// `u+x,g-w`.
    Symbolic(String),
}

impl fmt::Display for Mode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bits(bits) => write!(f, "{bits:o}"),
            Self::Symbolic(text) => f.write_str(text),
        }
    }
}

impl Arg for Mode {
    const KIND: Kind = Kind::Mode;

    fn read(value: &Value) -> Option<Self> {
        let text = match value {
            Value::Int(digits) => digits.to_string(),
            value => String::read(value)?,
        };
        let digits = text.strip_prefix("0o").unwrap_or(&text);
        if let Ok(bits) = u32::from_str_radix(digits, 8) {
            return (bits <= 0o7777 && !digits.starts_with('+')).then_some(Self::Bits(bits));
        }
        text.split(',').all(is_symbolic).then_some(Self::Symbolic(text))
    }

    fn write(&self) -> Value {
        Value::Text(self.to_string())
    }

    fn advice(value: &Value) -> Option<String> {
        match value {
            Value::Int(digits) => u32::try_from(*digits).ok().map(|bits| {
                format!("digits are read as octal; if you wrote 0o{bits:o}, write \"{bits:o}\"")
            }),
            _ => Some("write it as \"644\" or \"u+x\"".to_owned()),
        }
    }
}

/// One clause of a symbolic mode: `u+x`, `go-w`, `a=rX` (POSIX chmod).
fn is_symbolic(clause: &str) -> bool {
    let rest = clause.trim_start_matches(['u', 'g', 'o', 'a']);
    rest.starts_with(['+', '-', '=']) && rest.chars().all(|it| "+-=rwxXstugo".contains(it))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_modes_as_octal_digits() {
        for (value, expected) in [
            (Value::Int(644), Some("644")),
            (Value::from("0644"), Some("644")),
            (Value::from("0o1777"), Some("1777")),
            (Value::from("u+x,g-w"), Some("u+x,g-w")),
            (Value::Word("755".into()), Some("755")),
            (Value::Int(493), None),
            (Value::from("rwx"), None),
            (Value::Int(77_777), None),
            (Value::Int(-1), None),
        ] {
            assert_eq!(
                Mode::read(&value).map(|it| it.to_string()).as_deref(),
                expected,
                "{value:?}"
            );
        }
    }
}
