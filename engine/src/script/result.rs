//! The result of an operation, as scripts see it.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use rhai::{Dynamic, Engine, NativeCallContext};

use super::convert::to_rhai;
use super::current::current;
use super::problem::throw;
use crate::command::Diff;
use crate::error::{Error, Result};
use crate::event::{Status, Subject};
use crate::value::{Outcome, Value};

/// The result of an operation. In the run it may still be owed (operations that do not depend on each
/// other go out together); reading it settles it.
#[derive(Clone)]
pub(crate) struct OpResult {
    pub(crate) subject: Arc<Subject>,
    state: Arc<Mutex<State>>,
}

#[derive(Clone, Debug)]
enum State {
    /// Its commands are still to be sent.
    Owed,
    /// It is over, or predicted.
    Settled(Settled),
}

/// How an operation went, or will go.
#[derive(Clone, Debug, Default)]
pub(crate) struct Settled {
    pub(crate) status: Option<Status>,
    pub(crate) changed: bool,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    pub(crate) code: Option<i32>,
    pub(crate) commands: Vec<String>,
    pub(crate) diff: Vec<Diff>,
    /// Whether it will change the host is not known; why.
    pub(crate) unknown: Option<Arc<str>>,
    /// It is planned, not done: what commands print is not known; why.
    pub(crate) planned: Option<Arc<str>>,
}

/// What scripts can read of a result.
pub(super) const PROPERTIES: [&str; 9] =
    ["changed", "will_change", "failed", "skipped", "stdout", "stderr", "code", "commands", "diff"];

/// Binds results as values of scripts.
pub(super) fn bind(engine: &mut Engine) {
    engine.register_type_with_name::<OpResult>("result").register_indexer_get(
        |context: NativeCallContext<'_>, result: &mut OpResult, name: &str| {
            read(result, name).map_err(|error| throw(&context, error))
        },
    );
}

fn read(result: &OpResult, name: &str) -> Result<Dynamic> {
    let value = result.property(name)?;
    if let Some(why) = value.unknown() {
        let driver = &current()?.driver;
        driver.met_unknown();
        // What a script does with these is decide by them.
        if matches!(name, "changed" | "will_change" | "failed" | "skipped") {
            return driver.decide(why).map(Dynamic::from);
        }
    }
    Ok(to_rhai(value))
}

impl OpResult {
    /// A result that is owed.
    pub(crate) fn owed(subject: Arc<Subject>) -> Self {
        Self { subject, state: Arc::new(Mutex::new(State::Owed)) }
    }

    /// A result that is known.
    pub(crate) fn settled(subject: Arc<Subject>, settled: Settled) -> Self {
        Self { subject, state: Arc::new(Mutex::new(State::Settled(settled))) }
    }

    /// Settles an owed result.
    pub(crate) fn settle(&self, settled: Settled) {
        *self.state.lock().unwrap_or_else(PoisonError::into_inner) = State::Settled(settled);
    }

    /// How it went, if that is known already.
    pub(crate) fn peek(&self) -> Option<Settled> {
        match &*self.state.lock().unwrap_or_else(PoisonError::into_inner) {
            State::Owed => None,
            State::Settled(settled) => Some(settled.clone()),
        }
    }

    /// How it went; the run settles what it owes.
    pub(crate) fn read(&self) -> Result<Settled> {
        if let Some(settled) = self.peek() {
            return Ok(settled);
        }
        current()?.driver.settle(self)?;
        self.peek().ok_or_else(|| Error::failed("the operation did not run"))
    }

    /// One property, as a script reads it.
    pub(crate) fn property(&self, name: &str) -> Result<Value> {
        let it = self.read()?;
        if let Some(why) = &it.unknown
            && !matches!(name, "commands" | "diff")
        {
            return Ok(Value::Unknown(Arc::clone(why)));
        }
        let printed = |text: &str| match &it.planned {
            Some(why) => Value::Unknown(Arc::clone(why)),
            None => Value::Text(text.to_owned()),
        };
        Ok(match name {
            "changed" | "will_change" => Value::Bool(it.changed),
            "failed" => Value::Bool(matches!(it.status, Some(Status::Failed | Status::Ignored))),
            "skipped" => Value::Bool(it.status == Some(Status::Skipped)),
            "stdout" => printed(&it.stdout),
            "stderr" => printed(&it.stderr),
            "code" => match &it.planned {
                Some(why) => Value::Unknown(Arc::clone(why)),
                None => it.code.map_or(Value::Unit, |code| Value::Int(code.into())),
            },
            "commands" => Value::List(it.commands.iter().cloned().map(Value::Text).collect()),
            "diff" => Value::Text(crate::command::diff_text(&it.diff)),
            other => return Err(no_property(other)),
        })
    }
}

/// The error for a property that results do not have.
pub(super) fn no_property(name: &str) -> Error {
    let mut error = Error::usage(format!("an operation's result has no `{name}`"));
    error.hint = (name == "did_change")
        .then(|| "it is `changed` here".to_owned())
        .or_else(|| crate::error::did_you_mean(name, PROPERTIES))
        .or_else(|| Some(format!("it has {}", PROPERTIES.join(", "))));
    error
}

impl fmt::Debug for OpResult {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "result of {}", self.subject.label)
    }
}

impl Outcome for OpResult {
    fn changed(&self) -> Result<bool> {
        match self.property("changed")? {
            Value::Bool(changed) => Ok(changed),
            Value::Unknown(why) => Err(Error::unknown(why)),
            _ => Ok(false),
        }
    }

    fn as_any(&self) -> &dyn std::any::Any {
        self
    }
}
