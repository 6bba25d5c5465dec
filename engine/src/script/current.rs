//! The evaluation that runs on this thread: a script for one host.
//!
//! A host's scripts are evaluated on one thread from the first call to the last, so the functions that
//! scripts call find their evaluation in a thread-local instead of in every signature.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;

use indexmap::IndexMap;
use rhai::NativeCallContext;
use rhai::debugger::Debugger;

use super::define::Definitions;
use super::driver::{Call, Driver};
use super::path::{CallPath, Trail};
use super::result::OpResult;
use super::shared::Shared;
use crate::error::{Error, Result};
use crate::event::Subject;
use crate::inventory::{HostView, InventoryView};
use crate::operation::{OpDef, Operation};
use crate::options::GlobalArgs;
use crate::place::Place;
use crate::value::{Map, Value};

/// The evaluation on this thread.
pub(crate) struct Evaluation {
    /// What calls do.
    pub(crate) driver: Rc<dyn Driver>,
    /// The host's name, groups and data.
    pub(crate) host: Arc<HostView>,
    /// All hosts, for `inventory`.
    pub(crate) inventory: Arc<InventoryView>,
    /// What is asked and run once for all hosts.
    pub(crate) shared: Arc<Shared>,
    /// Where the evaluation is.
    pub(crate) trail: RefCell<Trail>,
    /// Labels and global arguments of the deploy blocks around the call.
    pub(crate) blocks: RefCell<Vec<Block>>,
    /// What the script set with `config.x = …`.
    pub(crate) config: RefCell<Map>,
    /// What the operations and facts do that scripts have defined so far.
    pub(super) definitions: Definitions,
    /// The operation whose body is evaluated.
    pub(super) body: Option<&'static str>,
    /// Imported scripts, by the names that errors show.
    pub(crate) modules: RefCell<HashMap<Arc<str>, rhai::Shared<rhai::Module>>>,
    /// What the script can be told to do instead of what stands at its top level.
    pub(crate) tasks: RefCell<IndexMap<String, GivenTask>>,
}

/// Something that a script can be told to do: `task(…)`.
#[derive(Clone, Debug)]
pub(crate) struct GivenTask {
    /// What it does, in a sentence.
    pub(crate) about: String,
    /// Its arguments, as `options` takes them.
    pub(crate) declared: rhai::Map,
    /// The function, which takes a map of them.
    pub(crate) run: super::callback::Callback,
}

/// A deploy block.
#[derive(Clone, Debug)]
pub(crate) struct Block {
    /// Its label.
    pub(crate) label: String,
    /// Its global arguments.
    pub(crate) globals: Map,
}

thread_local! {
    static CURRENT: RefCell<Option<Rc<Evaluation>>> = const { RefCell::new(None) };
}

/// The evaluation on this thread; an error where a script of another kind (inventory, data) calls what
/// needs a host.
pub(crate) fn current() -> Result<Rc<Evaluation>> {
    CURRENT.with_borrow(Option::clone).ok_or_else(|| {
        Error::usage("this is only there in a deploy script")
            .hint("inventories and data files are read before there are hosts")
    })
}

/// Runs `work` with `evaluation` as this thread's.
pub(crate) fn with<T>(evaluation: &Rc<Evaluation>, work: impl FnOnce() -> T) -> T {
    struct Restore(Option<Rc<Evaluation>>);
    impl Drop for Restore {
        fn drop(&mut self) {
            CURRENT.set(self.0.take());
        }
    }
    let _restore = Restore(CURRENT.replace(Some(Rc::clone(evaluation))));
    work()
}

impl Evaluation {
    /// Where a native function was called; `back` characters before, where what stands before its dot is meant too.
    pub(crate) fn place(context: &NativeCallContext<'_>, back: usize) -> Place {
        let stack = context.debugger().map(Debugger::call_stack).unwrap_or_default();
        let file = stack.last().and_then(|frame| frame.source.as_deref()).unwrap_or_default();
        let at = context.call_position();
        // A closure stands in the file that it was written in, whoever calls it.
        let inside = stack.len().checked_sub(2).and_then(|at| stack.get(at));
        let sources = current().ok();
        let own = inside.zip(sources.as_ref()).and_then(|(frame, evaluation)| {
            evaluation.shared.sources.file_of(&frame.fn_name, Some(file))
        });
        Place {
            file: own.unwrap_or_else(|| Arc::from(file)),
            line: at.line().unwrap_or(0),
            column: at.position().unwrap_or(1).saturating_sub(back).max(1),
        }
    }

    /// The path of a call at `place`.
    pub(crate) fn path(&self, context: &NativeCallContext<'_>, place: &Place) -> CallPath {
        let stack = context.debugger().map(Debugger::call_stack).unwrap_or_default();
        let callers = stack.get(..stack.len().saturating_sub(1)).unwrap_or_default();
        self.trail.borrow_mut().call(callers, place)
    }

    /// The global arguments that apply here: the call's, the blocks' around it, the script's `config`,
    /// the host's data, the run's.
    pub(crate) fn globals(&self, given: Map) -> Result<GlobalArgs, Vec<Error>> {
        let mut merged = given;
        for block in self.blocks.borrow().iter().rev() {
            merged = crate::options::merge(merged, &block.globals);
        }
        merged = crate::options::merge(merged, &self.host.globals());
        merged = crate::options::merge(merged, &self.config.borrow());
        merged = crate::options::merge(merged, &self.shared.globals);
        GlobalArgs::read_map(merged)
    }

    /// The label of a call inside the blocks around it.
    pub(crate) fn label(&self, own: &str) -> String {
        let blocks = self.blocks.borrow();
        let outer = blocks.iter().filter(|it| !it.label.is_empty());
        let all: Vec<&str> = outer.map(|it| it.label.as_str()).chain([own]).collect();
        crate::command::scrub(&all.join(" | ")).into_owned()
    }

    /// Calls an operation at a place that is not in a script: the command line.
    pub(crate) fn call_directly(
        &self,
        def: &OpDef,
        positional: Vec<Value>,
        named: Map,
        label: Option<String>,
    ) -> Result<OpResult, Vec<Error>> {
        let place = Place { file: Arc::from("command line"), line: 0, column: 0 };
        let path = self.trail.borrow_mut().call(&[], &place);
        let call = self.prepare(def, positional, named, place, path, label)?;
        self.driver.operation(call).map_err(|error| vec![error])
    }

    /// Reads the arguments of a call; every mistake at once.
    pub(crate) fn prepare(
        &self,
        def: &OpDef,
        positional: Vec<Value>,
        named: Map,
        place: Place,
        path: CallPath,
        label: Option<String>,
    ) -> Result<Call, Vec<Error>> {
        let (globals, mut own) = crate::options::split(named);
        // `name` is the label, unless the operation has an argument of that name itself.
        let takes_name = def.args.iter().any(|arg| arg.name == "name");
        let name = if takes_name { None } else { own.shift_remove("name") };
        if let (Some(body), Some(key)) = (self.body, globals.keys().next()) {
            let error = Error::usage(format!("`{key}` cannot be given inside an operation"))
                .hint(format!("it belongs to the calls of `{body}`"));
            return Err(vec![error.argument(key)]);
        }
        let mut errors = Vec::new();
        let globals = self.globals(globals).map_err(|more| errors.extend(more)).ok();
        let read = def.read(positional, own).map_err(|more| errors.extend(more)).ok();
        let (globals, operation, arguments) = match (globals, read) {
            (Some(globals), Some((operation, arguments))) => (globals, operation, arguments),
            (globals, _) => match not_known(&errors) {
                Some(why) => (globals.unwrap_or_default(), why, Map::new()),
                None => return Err(errors),
            },
        };
        let own_label = match name {
            Some(Value::Text(text) | Value::Word(text)) => text,
            Some(other) if !matches!(other, Value::Unit) => other.to_string(),
            _ => label.unwrap_or_else(|| def.label(&arguments)),
        };
        // A heading is one line.
        let own_label = own_label.trim().replace('\n', " ");
        let subject = Arc::new(Subject {
            label: crate::command::scrub(&self.label(&own_label)).into_owned(),
            operation: def.name.to_owned(),
            place,
        });
        Ok(Call { operation, subject, path, globals, arguments, key: None })
    }
}

/// An operation with an argument that is known only when the run has come there.
#[derive(Debug)]
struct NotKnown(String);

impl Operation for NotKnown {
    fn plan(&self, _host: &crate::Host<'_>) -> Result<crate::Commands> {
        Err(Error::unknown(self.0.as_str()))
    }
}

/// Stands in for an operation if nothing is wrong with its arguments but that they are not known yet.
fn not_known(errors: &[Error]) -> Option<Box<dyn Operation>> {
    let unknown = errors.iter().all(|error| error.kind == crate::error::ErrorKind::Unknown);
    let first = errors.first().filter(|_| unknown)?;
    Some(Box::new(NotKnown(first.message.clone())))
}
