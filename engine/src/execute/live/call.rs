//! `script.run`: an operation that is a function of the script.

use std::sync::Arc;
use std::time::Instant;

use super::Live;
use super::conclude::{About, settled};
use crate::command::{Command, Commands, scrub};
use crate::error::{Error, ErrorKind, Result};
use crate::event::{Record, Status};
use crate::script::{Call, OpResult};
use crate::value::{Function, Value};

impl Live {
    /// The function that an operation's commands are, with its arguments.
    pub(super) fn function(commands: &Commands) -> Option<(&Arc<dyn Function>, &[Value])> {
        match commands.list.as_slice() {
            [Command::Call { function, arguments }] => Some((function, arguments)),
            _ => None,
        }
    }

    /// Calls it, once all that was to happen before has happened. What facts said is forgotten: it may
    /// have done anything.
    pub(super) fn call_function(
        &self,
        call: &Call,
        commands: &Commands,
        (function, arguments): (&Arc<dyn Function>, &[Value]),
        last: bool,
    ) -> Result<OpResult> {
        let started = Instant::now();
        self.flush(Vec::new())?;
        let outcome = function.call(arguments.to_vec()).and_then(|value| {
            self.flush(Vec::new())?;
            Ok(value)
        });
        let touched = call.operation.touches();
        let forgotten = self.store.borrow_mut().forget(touched, &commands.effects, self.tick.get());
        self.along.borrow_mut().extend(forgotten);
        let value = match outcome {
            Ok(value) => value,
            Err(error) if error.kind == ErrorKind::Usage => {
                let error = Error { kind: ErrorKind::Failed, ..error };
                return self.refuse(call, error, started, last);
            }
            Err(error) => return self.refuse(call, error, started, last),
        };
        let status = if matches!(value, Value::Bool(false)) { Status::Ok } else { Status::Changed };
        let stdout = match value {
            Value::Text(text) | Value::Word(text) => scrub(&text).into_owned(),
            _ => String::new(),
        };
        let record = self.record(&About::of(call), status, started);
        let record = Record { commands: commands.shown(), stdout, ..record };
        let result = OpResult::settled(Arc::clone(&call.subject), settled(&record));
        self.went_well(record, &result, &call.globals)?;
        Ok(result)
    }
}
