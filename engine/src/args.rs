//! Documented, typed argument lists: what operations, facts and global arguments have in common.
//!
//! `#[derive(Args)]` writes [`Args`] from a struct: its doc comment is the manual, its fields are the
//! arguments. Checking (names, types, what is required, "did you mean") happens here, once.

mod basic;
mod choice;
mod forms;
mod mode;
mod values;

use std::fmt;

pub use infra_macros::Args;

pub(crate) use self::choice::choice;
pub use self::forms::{Guards, OneOrMany, Phrase, Scalar};
pub use self::mode::Mode;
pub use self::values::Values;

use crate::error::Error;
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
