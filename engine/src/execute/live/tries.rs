//! One operation: its conditions, its tries, its parts.

use std::sync::Arc;
use std::thread::sleep;
use std::time::{Duration, Instant};

use super::Live;
use super::conclude::{About, call_back, settled};
use crate::command::{Commands, scrub};
use crate::conditions::{Gate, gate, holds};
use crate::error::{Error, ErrorKind, Result};
use crate::event::{Event, Record, Status};
use crate::host::Host;
use crate::script::{Call, OpResult};
use crate::value::Value;

/// More parts than this mean that an operation never comes to an end.
const PARTS: usize = 100;

impl Live {
    /// Runs one operation, as often as its retries say.
    pub(super) fn perform(&self, call: &Call) -> Result<OpResult> {
        let attempts = call.globals.retries.unwrap_or(self.conduct.retries) + 1;
        for attempt in 1.. {
            self.held.take();
            let result = self.attempt(call, attempt == attempts);
            let again = match &result {
                Ok(result) => attempt < attempts && self.wants_retry(call, result)?,
                Err(error) => error.kind == ErrorKind::Failed && !self.failed.get(),
            };
            if !again || attempt >= attempts {
                self.tell_held(call, &result)?;
                return result;
            }
            let delay = call.globals.retry_delay.unwrap_or(self.conduct.retry_delay);
            self.fleet.listener.event(&Event::Retry {
                subject: Arc::clone(&call.subject),
                host: self.host.name.clone(),
                attempt: attempt + 1,
                attempts,
                delay: delay.as_secs_f64(),
                error: result
                    .err()
                    .map_or_else(|| "`_retry_until` asks for it".to_owned(), |error| error.message),
            });
            if let Err(interrupted) = self.wait(delay) {
                self.never_ran(&About::of(call));
                return Err(interrupted);
            }
        }
        Err(Error::failed("the operation was never tried"))
    }

    /// Tells how an operation went whose record was held back.
    fn tell_held(&self, call: &Call, result: &Result<OpResult>) -> Result<()> {
        let Some(record) = self.held.take() else { return Ok(()) };
        self.fleet.listener.event(&Event::Result(record));
        match (&call.globals.on_success, result) {
            (Some(function), Ok(result)) => call_back(function, result),
            _ => Ok(()),
        }
    }

    /// `_retry_until` says of a successful try that it must be tried again.
    fn wants_retry(&self, call: &Call, result: &OpResult) -> Result<bool> {
        match &call.globals.retry_until {
            Some(Value::Function(function)) if self.held.borrow().is_some() => {
                function.call(vec![Value::Outcome(Arc::new(result.clone()))])?.truth()
            }
            _ => Ok(false),
        }
    }

    fn wait(&self, delay: Duration) -> Result<()> {
        let until = Instant::now() + delay;
        while Instant::now() < until {
            if self.fleet.interrupt.is_stopped() {
                return Err(Error::interrupted());
            }
            sleep(Duration::from_millis(50).min(until - Instant::now().min(until)));
        }
        Ok(())
    }

    /// One try of one operation. `last`: a failure is final, and is reported.
    fn attempt(&self, call: &Call, last: bool) -> Result<OpResult> {
        let started = Instant::now();
        let context = Arc::new(call.globals.context());
        let host = Host::new(self, context);
        let planned = gate(&call.globals, &host).and_then(|gate| match gate {
            Gate::Open => Ok((Gate::Open, call.operation.plan(&host)?)),
            closed @ Gate::Closed(_) => Ok((closed, Commands::default())),
        });
        let commands = match planned {
            Ok((Gate::Closed(why), _)) => {
                let record = self.record(&About::of(call), Status::Skipped, started);
                return Ok(self.tell(Record { note: Some(why), ..record }));
            }
            Ok((Gate::Open, commands)) => commands,
            Err(error) => return self.refuse(call, error, started, last),
        };
        if let Some(error) = Self::broken_condition(call.globals.precondition.as_ref(), &host)? {
            return self.refuse(call, error, started, last);
        }
        if commands.is_empty() {
            let record = self.record(&About::of(call), Status::Ok, started);
            return Ok(self.tell(Record { note: commands.note, ..record }));
        }
        let result = match Self::function(&commands) {
            Some(function) => self.call_function(call, &commands, function, last)?,
            None => self.run_commands(call, commands, &host, last)?,
        };
        if let Some(error) = Self::broken_condition(call.globals.postcondition.as_ref(), &host)? {
            return self.refuse(call, error, started, last);
        }
        Ok(result)
    }

    /// Runs what was planned, or puts it in line.
    fn run_commands(
        &self,
        call: &Call,
        commands: Commands,
        host: &Host<'_>,
        last: bool,
    ) -> Result<OpResult> {
        let first = commands.again.then(|| commands.clone());
        let result = self.owe(call, commands, Arc::clone(host.context()));
        if self.must_settle(call) || first.is_some() {
            self.send(Vec::new(), last)?;
        }
        match first {
            Some(first) => self.attempt_rest(call, host, first, result, last),
            None => Ok(result),
        }
    }

    /// Plans the operation once more, now that its first commands ran, and runs what that says; as often
    /// as it says so. All of it is one operation with one record.
    fn attempt_rest(
        &self,
        call: &Call,
        host: &Host<'_>,
        mut done: Commands,
        mut result: OpResult,
        last: bool,
    ) -> Result<OpResult> {
        for _ in 0..PARTS {
            if self.first_part.borrow().is_none() {
                return Ok(result);
            }
            let started = Instant::now();
            let rest = match call.operation.plan_rest(host, &done) {
                Ok(rest) => rest,
                Err(error) => return self.refuse(call, error, started, last),
            };
            if rest.is_empty() {
                let record = self.whole(self.record(&About::of(call), Status::Ok, started));
                result.settle(settled(&record));
                self.went_well(record, &result, &call.globals)?;
                return Ok(result);
            }
            done = rest.clone();
            result = self.owe(call, rest, Arc::clone(host.context()));
            self.send(Vec::new(), last)?;
        }
        let error = Error::failed("the operation always finds something more to do")
            .hint("what it does does not lead to what it looks for");
        self.refuse(call, error, Instant::now(), last)
    }

    /// The error of a pre- or postcondition that does not hold.
    fn broken_condition(condition: Option<&Value>, host: &Host<'_>) -> Result<Option<Error>> {
        let Some(condition) = condition else { return Ok(None) };
        if holds(condition, host)? {
            return Ok(None);
        }
        let what = match condition {
            Value::Text(command) | Value::Word(command) => format!("`{}` fails", scrub(command)),
            _ => "a condition of the operation does not hold".to_owned(),
        };
        Ok(Some(Error::failed(what)))
    }

    /// The operation cannot be done: reported, and the host's part ends, unless errors are ignored.
    pub(super) fn refuse(
        &self,
        call: &Call,
        error: Error,
        started: Instant,
        last: bool,
    ) -> Result<OpResult> {
        // An operation that was owed failed when this one asked something; it has been reported.
        if self.failed.get() {
            self.never_ran(&About::of(call));
            return Err(error);
        }
        match error.kind {
            ErrorKind::Failed if last || self.fleet.interrupt.is_stopped() => {}
            ErrorKind::Unreachable => {}
            ErrorKind::Interrupted => {
                self.never_ran(&About::of(call));
                return Err(error);
            }
            _ => return Err(error),
        }
        // What was called before takes effect first.
        if let Err(earlier) = self.flush(Vec::new()) {
            self.never_ran(&About::of(call));
            return Err(earlier);
        }
        let ignored = call.globals.ignore_errors.unwrap_or(false);
        let status = match error.kind {
            ErrorKind::Unreachable => Status::Unreachable,
            _ if ignored => Status::Ignored,
            _ => Status::Failed,
        };
        let held = self.held.take();
        let record = held.unwrap_or_else(|| self.record(&About::of(call), status, started));
        let result = self.tell(Record {
            status,
            error: Some(error.message.clone()),
            note: error.hint.clone(),
            ..record
        });
        self.failed.set(!ignored);
        if let Some(function) = &call.globals.on_error {
            call_back(function, &result)?;
        }
        if status == Status::Ignored { Ok(result) } else { Err(error) }
    }
}
