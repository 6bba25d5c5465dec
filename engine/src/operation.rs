//! Operations: what a deploy script can ask for.

use std::fmt;

use crate::args::{ArgDef, Args, Values};
use crate::command::{Commands, Scope};
use crate::definition::{Arguments, Definition};
use crate::error::{Error, Result};
use crate::host::Host;
use crate::value::{Map, Value};

/// One thing a deploy script can ask for, with its arguments.
pub trait Operation: fmt::Debug + Send + Sync {
    /// What must be done on the host. Pure: it asks the host for facts and does nothing else. The same
    /// facts give the same commands, and once those have run, the new facts give none.
    fn plan(&self, host: &Host<'_>) -> Result<Commands>;

    /// What is left to do after commands that said [`again`](Commands::again) have run.
    fn plan_rest(&self, host: &Host<'_>, _done: &Commands) -> Result<Commands> {
        self.plan(host)
    }

    /// What the commands may touch. Facts that depend on it are forgotten after they ran.
    fn touches(&self) -> Vec<Scope> {
        vec![Scope::Anything]
    }
}

/// One row of the operation table.
#[derive(Clone, Copy)]
pub struct OpDef {
    /// The public name: `server.user`.
    pub name: &'static str,
    /// The manual.
    pub doc: &'static str,
    /// The arguments in declared order.
    pub args: &'static [ArgDef],
    /// The source file that declares it.
    pub file: &'static str,
    read: Reader,
}

/// How arguments become an operation.
#[derive(Clone, Copy)]
enum Reader {
    Struct(ReadOperation),
    /// A script defines it.
    Script(&'static Definition, MakeOperation),
}

/// Makes an operation that a script defines.
type MakeOperation = fn(&'static Definition, Arguments) -> Box<dyn Operation>;

/// Reads an operation's arguments.
type ReadOperation = fn(Values) -> Result<(Box<dyn Operation>, Map), Vec<Error>>;

impl OpDef {
    /// The row of an operation.
    pub const fn of<O: Args + Operation>() -> Self {
        Self {
            name: O::NAME,
            doc: O::DOC,
            args: O::ARGS,
            file: O::FILE,
            read: Reader::Struct(|values| {
                let operation = O::read(values)?;
                let arguments = operation.write();
                Ok((Box::new(operation), arguments))
            }),
        }
    }

    /// The row of an operation that a script defines.
    pub(crate) fn defined(definition: &'static Definition, make: MakeOperation) -> Self {
        Self {
            name: definition.name,
            doc: definition.doc,
            args: definition.args,
            file: definition.file,
            read: Reader::Script(definition, make),
        }
    }

    /// Whether a script defines it.
    pub fn is_defined(&self) -> bool {
        matches!(self.read, Reader::Script(..))
    }

    /// The module: `server`.
    pub fn module(&self) -> &'static str {
        self.name.rsplit_once('.').map_or("", |(module, _)| module)
    }

    /// The name without its module: `user`.
    pub fn short_name(&self) -> &'static str {
        self.name.rsplit_once('.').map_or(self.name, |(_, short)| short)
    }

    /// Reads the arguments; every mistake at once. Also gives those that differ from their defaults.
    pub fn read(
        &self,
        positional: Vec<Value>,
        named: Map,
    ) -> Result<(Box<dyn Operation>, Map), Vec<Error>> {
        let values = Values::new(self.name, self.args, positional, named);
        match self.read {
            Reader::Struct(read) => read(values),
            Reader::Script(definition, make) => {
                let arguments = definition.read(values)?;
                let given = arguments.given.clone();
                Ok((make(definition, arguments), given))
            }
        }
    }

    /// The label of a call without `name`: the operation and its first argument.
    pub fn label(&self, arguments: &Map) -> String {
        let first = self.args.first().and_then(|def| arguments.get(def.name));
        let Some(first) = first else { return self.name.to_owned() };
        let text = match first {
            Value::List(items) => {
                items.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
            }
            one => one.to_string(),
        };
        // Of a secret that is cut nobody knows that it is one.
        let text = crate::command::scrub(&text);
        let line = text.lines().next().unwrap_or_default();
        let mut short: String = line.chars().take(60).collect();
        if short.len() < text.len() {
            short.push('…');
        }
        format!("{} {short}", self.name)
    }
}

impl fmt::Debug for OpDef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}
