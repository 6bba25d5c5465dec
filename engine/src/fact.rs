//! Facts: questions about a host, each a command, a pure parser and a type.
//!
//! An operation asks through [`Host::fact`]. Where the answer comes from (a live host, predicted
//! effects, a test's JSON, or "not yet": a list of open questions) is the [`Source`]'s business, so
//! that planning stays pure.

pub(crate) mod together;

use std::any::{Any, TypeId};
use std::fmt;
use std::sync::Arc;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::args::{ArgDef, Args, Values};
use crate::command::{Scope, Shell, scrub};
use crate::definition::{Arguments, Definition};
use crate::error::{Error, Result};
pub use crate::host::{Host, Source};
use crate::options::SharedContext;
use crate::value::{Map, Value};
pub use together::Together;

/// What a fact can be: something a script and JSON can show.
pub trait Output:
    Serialize + DeserializeOwned + Default + fmt::Debug + Send + Sync + 'static
{
}

impl<T: Serialize + DeserializeOwned + Default + fmt::Debug + Send + Sync + 'static> Output for T {}

/// A question about a host that a command answers.
pub trait Fact: Args + Clone {
    /// What the answer is. Its `Default` is the answer where there is nothing to tell: the program is
    /// missing, or the command printed nothing.
    type Output: Output;

    /// The command. It changes nothing, exits 0 unless the question cannot be answered, and works
    /// in any POSIX `sh`.
    fn command(&self) -> Shell;

    /// Reads what the command printed, which is never empty. An odd line is an error that names it,
    /// never a panic.
    fn parse(&self, output: &str) -> Result<Self::Output>;

    /// Reads the bytes of what the command printed, for answers that need not be text.
    fn parse_bytes(&self, output: &[u8]) -> Result<Self::Output> {
        self.parse(&String::from_utf8_lossy(output))
    }

    /// The program that the command needs; where it is missing, the answer is the default.
    fn requires(&self) -> Option<&'static str> {
        None
    }

    /// What the answer depends on; it is forgotten when an operation touches that.
    fn reads(&self) -> Vec<Scope> {
        vec![Scope::Anything]
    }

    /// How many of these questions are asked with one command, where there is such a way.
    fn together(&self) -> Option<Together> {
        None
    }
}

/// Anything a host can be asked: a [`Fact`], or something derived from facts.
pub trait Ask: Args + Clone {
    /// What the answer is.
    type Output: Output;

    /// Finds the answer, from facts.
    fn find(&self, host: &Host<'_>) -> Result<Arc<Self::Output>>;

    /// What the answer depends on.
    fn depends_on(&self) -> Vec<Scope> {
        vec![Scope::Anything]
    }
}

impl<F: Fact> Ask for F {
    type Output = F::Output;

    fn find(&self, host: &Host<'_>) -> Result<Arc<F::Output>> {
        host.ask(host.question(self))?.value()
    }

    fn depends_on(&self) -> Vec<Scope> {
        self.reads()
    }
}

/// A fact's answer, its type erased.
#[derive(Clone)]
pub struct Answer {
    value: Arc<dyn Any + Send + Sync>,
    json: fn(&(dyn Any + Send + Sync)) -> serde_json::Value,
    opaque: bool,
}

impl Answer {
    /// An answer of a known type.
    pub fn new<T: Output>(value: Arc<T>) -> Self {
        Self { value, json: to_json::<T>, opaque: false }
    }

    /// An answer that only who asked for it can read.
    pub(crate) fn opaque<T: Send + Sync + 'static>(value: Arc<T>) -> Self {
        Self { value, json: |_| serde_json::Value::Null, opaque: true }
    }

    /// Whether only who asked for it can read it.
    pub(crate) fn is_opaque(&self) -> bool {
        self.opaque
    }

    /// An answer that a test or a recording gave, read as its type when it is asked for.
    pub fn json(value: serde_json::Value) -> Self {
        Self::new(Arc::new(value))
    }

    /// The answer as its type.
    pub fn value<T: Output>(&self) -> Result<Arc<T>> {
        if let Ok(value) = Arc::clone(&self.value).downcast::<T>() {
            return Ok(value);
        }
        let json = self.to_json();
        let nothing = json.is_null() || json.as_object().is_some_and(serde_json::Map::is_empty);
        match serde_json::from_value(json.clone()) {
            Ok(value) => Ok(Arc::new(value)),
            // `null` and `{}` are ways to say that there is nothing to tell, whatever the type.
            Err(_) if nothing => Ok(Arc::default()),
            Err(error) => Err(Error::usage(format!("the fact cannot be {json}: {error}"))),
        }
    }

    /// The answer, if it is of that type already.
    pub(crate) fn downcast<T: Send + Sync + 'static>(&self) -> Option<Arc<T>> {
        Arc::clone(&self.value).downcast::<T>().ok()
    }

    /// The answer as JSON.
    pub fn to_json(&self) -> serde_json::Value {
        (self.json)(&*self.value)
    }
}

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.to_json())
    }
}

fn to_json<T: Output>(value: &(dyn Any + Send + Sync)) -> serde_json::Value {
    value
        .downcast_ref::<T>()
        .and_then(|value| serde_json::to_value(value).ok())
        .unwrap_or(serde_json::Value::Null)
}

/// A question for a host, ready to be sent.
#[derive(Clone)]
pub struct Question {
    /// Which question it is; equal questions are asked once.
    pub id: QuestionId,
    /// The command that answers it.
    pub command: Shell,
    /// The program that the command needs.
    pub requires: Option<&'static str>,
    /// What the answer depends on.
    pub reads: Vec<Scope>,
    /// How it is asked together with others of its fact.
    pub together: Option<Together>,
    /// Reads the command's output; `None` where the program is missing or nothing was printed.
    pub parse: Parse,
}

/// Reads what a question's command printed.
pub type Parse = Arc<dyn Fn(Option<&[u8]>) -> Result<Answer> + Send + Sync>;

/// What makes two questions the same.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct QuestionId {
    /// The fact's name.
    pub fact: &'static str,
    /// Its arguments, as [`key`] writes them.
    pub key: String,
    /// As whom and where it is asked.
    pub context: SharedContext,
}

impl QuestionId {
    /// The fact with its arguments, for people.
    pub fn label(&self) -> String {
        if self.key.is_empty() {
            return self.fact.to_owned();
        }
        format!("{} ({})", self.fact, self.key)
    }
}

impl fmt::Debug for Question {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}({}): {}", self.id.fact, self.id.key, self.command)
    }
}

impl Question {
    /// The question that a fact asks in a context.
    pub fn new<F: Fact>(fact: &F, context: SharedContext) -> Self {
        let asked = fact.clone();
        Self {
            id: QuestionId { fact: F::NAME, key: key(fact), context },
            command: fact.command(),
            requires: fact.requires(),
            reads: fact.reads(),
            together: fact.together(),
            parse: Arc::new(move |output| {
                let value = match output {
                    Some(output) if !output.is_empty() => asked.parse_bytes(output)?,
                    _ => F::Output::default(),
                };
                Ok(Answer::new(Arc::new(value)))
            }),
        }
    }
}

/// A fact's arguments as text: `path=/etc/x, user=app`, in declared order, defaults left out.
pub fn key<F: Args>(fact: &F) -> String {
    key_of(&fact.write())
}

/// The same for arguments that have been written already.
pub fn key_of(arguments: &Map) -> String {
    let pairs: Vec<String> =
        arguments.iter().map(|(name, value)| format!("{name}={value}")).collect();
    pairs.join(", ")
}

/// One row of the fact table.
#[derive(Clone, Copy)]
pub struct FactDef {
    /// The public name: `server.users`.
    pub name: &'static str,
    /// The manual.
    pub doc: &'static str,
    /// The arguments.
    pub args: &'static [ArgDef],
    /// The source file that declares it.
    pub file: &'static str,
    read: Reader,
    /// Whether its answer is true or false.
    pub(crate) is_flag: fn() -> bool,
    /// Whether it is a map of these.
    pub(crate) has_flags: fn() -> bool,
}

/// How arguments become a fact.
#[derive(Clone, Copy)]
enum Reader {
    Struct(ReadFact),
    /// A script defines it.
    Script(&'static Definition, MakeFact),
}

/// Makes a fact that a script defines.
type MakeFact = fn(&'static Definition, Arguments) -> Box<dyn AnyFact>;

/// Reads a fact's arguments.
type ReadFact = fn(Values) -> Result<Box<dyn AnyFact>, Vec<Error>>;

impl FactDef {
    /// The row of a fact.
    pub const fn of<F: Ask>() -> Self {
        Self {
            name: F::NAME,
            doc: F::DOC,
            args: F::ARGS,
            file: F::FILE,
            read: Reader::Struct(|values| Ok(Box::new(F::read(values)?))),
            is_flag: || TypeId::of::<F::Output>() == TypeId::of::<bool>(),
            has_flags: || {
                let of_units = TypeId::of::<crate::facts::systemd::Units>();
                let own = TypeId::of::<F::Output>();
                own == of_units || own == TypeId::of::<indexmap::IndexMap<String, bool>>()
            },
        }
    }

    /// The row of a fact that a script defines.
    pub(crate) fn defined(definition: &'static Definition, make: MakeFact) -> Self {
        Self {
            name: definition.name,
            doc: definition.doc,
            args: definition.args,
            file: definition.file,
            read: Reader::Script(definition, make),
            is_flag: || false,
            has_flags: || false,
        }
    }

    /// Whether a script defines it.
    pub fn is_defined(&self) -> bool {
        matches!(self.read, Reader::Script(..))
    }

    /// The name without its module.
    pub fn short_name(&self) -> &'static str {
        self.name.rsplit_once('.').map_or(self.name, |(_, short)| short)
    }

    /// Reads the arguments; every mistake at once.
    pub fn read(&self, positional: Vec<Value>, named: Map) -> Result<Box<dyn AnyFact>, Vec<Error>> {
        let values = Values::new(self.name, self.args, positional, named);
        match self.read {
            Reader::Struct(read) => read(values),
            Reader::Script(definition, make) => Ok(make(definition, definition.read(values)?)),
        }
    }
}

impl fmt::Debug for FactDef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

/// A fact of whatever type, with its arguments.
pub trait AnyFact: Send + Sync + fmt::Debug {
    /// Asks the host.
    fn answer(&self, host: &Host<'_>) -> Result<Answer>;

    /// Its arguments, as [`key`] writes them.
    fn key(&self) -> String;

    /// The arguments that differ from their defaults.
    fn arguments(&self) -> Map;
}

impl<F: Ask> AnyFact for F {
    fn answer(&self, host: &Host<'_>) -> Result<Answer> {
        Ok(Answer::new(host.fact(self)?))
    }

    fn key(&self) -> String {
        key(self)
    }

    fn arguments(&self) -> Map {
        self.write()
    }
}

/// The error of a parser that met something else than it knows.
pub fn unreadable<F: Args>(_fact: &F, what: &str) -> Error {
    let line: String = scrub(what).chars().take(200).collect();
    Error::failed(format!("could not read fact `{}` from {line:?}", F::NAME))
        .hint("the program on the host prints another format than expected; please report it")
}

/// Splits a line into exactly `N` fields.
pub fn split<const N: usize>(line: &str, separator: char) -> Option<[&str; N]> {
    let fields: Vec<&str> = line.splitn(N, separator).collect();
    fields.try_into().ok()
}
