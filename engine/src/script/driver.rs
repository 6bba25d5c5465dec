//! What the calls of a script do: a plan predicts, a run acts, the body of an operation adds up.

use std::sync::Arc;

use super::body::Body;
use super::path::CallPath;
use super::result::OpResult;
use crate::error::{Error, Result};
use crate::event::Subject;
use crate::fact::AnyFact;
use crate::host::Source;
use crate::operation::Operation;
use crate::options::GlobalArgs;
use crate::value::{Map, Value};

/// One call of an operation by a script.
#[derive(Debug)]
pub(crate) struct Call {
    /// The operation with its arguments.
    pub(crate) operation: Box<dyn Operation>,
    /// Label, name and place.
    pub(crate) subject: Arc<Subject>,
    /// Where it stands among all calls.
    pub(crate) path: CallPath,
    /// Its global arguments, merged.
    pub(crate) globals: GlobalArgs,
    /// The operation's arguments that differ from their defaults.
    pub(crate) arguments: Map,
    /// What it is known again by when the run is resumed.
    pub(crate) key: Option<Arc<str>>,
}

/// What the calls of a script do: predict, or act.
pub(crate) trait Driver {
    /// An operation is called.
    fn operation(&self, call: Call) -> Result<OpResult>;

    /// A fact is read; of another host than the script's own where `host` says so.
    fn fact(&self, fact: &dyn AnyFact, globals: &GlobalArgs, host: Option<&str>) -> Result<Value>;

    /// A command is to run now: `host.run`.
    fn run(&self, command: &str, globals: &GlobalArgs) -> Result<Value>;

    /// The script reads something of a result that the run may still owe it.
    fn settle(&self, result: &OpResult) -> Result<()>;

    /// The script decides by a value that is not known yet.
    fn decide(&self, why: &Arc<str>) -> Result<bool>;

    /// The script says something about its host.
    fn log(&self, text: &str, warning: bool) -> Result<()>;

    /// A block begins whose failure the script can go back on; or ends.
    fn attempt(&self, _begins: bool) {}

    /// What went wrong in an attempt that ended with this error; `None` where the script may not go on.
    /// In a plan it may not: the run will fail there as well.
    fn recover(&self, _error: &Error) -> Option<String> {
        None
    }

    /// Waits for the other hosts, and gives what each has to say.
    fn gather(&self, path: &CallPath, value: Value) -> Result<Map>;

    /// Whether the user wants the run to end.
    fn is_interrupted(&self) -> bool;

    /// Whether this is the run, and no plan.
    fn acts(&self) -> bool {
        false
    }

    /// The script is about to do something that others can see (ask, print, run something on the
    /// controller): what is owed is settled first.
    fn observe(&self) -> Result<()>;

    /// The script was given a value that is not known yet.
    fn met_unknown(&self);

    /// Where facts of the script's own host come from.
    fn source(&self) -> &dyn Source;

    /// The body of an operation that is planned, if it is one that is evaluated.
    fn body(&self) -> Option<&Body> {
        None
    }

    /// The script goes into a block that hosts pass in batches; says in which batch the host is. Where nothing is
    /// done, all hosts are in the first.
    fn enter(&self, _path: &CallPath, _limits: Limits) -> Result<usize> {
        Ok(0)
    }

    /// Waits for the batches before the host's own, in which so many hosts are; an error where the block failed
    /// on one of them.
    fn begin_batch(&self, _block: &CallPath, _path: &CallPath, _before: usize) -> Result<()> {
        Ok(())
    }

    /// The script has left such a block, by an error or at its end.
    fn leave(&self, _path: &CallPath, _label: &str, _limits: Limits, _failed: bool) -> Result<()> {
        Ok(())
    }
}

/// How hosts pass a deploy block.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Limits {
    /// So many at a time go through the whole block; 0 means all.
    pub(crate) at_a_time: usize,
    /// The run ends when the block failed on more than so many percent of the hosts that came to it.
    pub(crate) fail_percent: Option<f64>,
}
