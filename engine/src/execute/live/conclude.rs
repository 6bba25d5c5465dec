//! How an operation ended: its record, told to the listener and settled for the script.

use std::sync::Arc;
use std::time::Instant;

use super::Live;
use super::advice::{Rights, way_out};
use crate::command::{Command, Commands, Output, scrub};
use crate::error::{Error, ErrorKind, Result};
use crate::event::{Event, Record, Status, Subject};
use crate::fleet::hold;
use crate::link::{Done, Work};
use crate::options::{Account, GlobalArgs};
use crate::script::{Call, OpResult, Settled};
use crate::value::Value;

/// What a record says of the call that it belongs to.
#[derive(Clone)]
pub(super) struct About {
    subject: Arc<Subject>,
    key: Option<Arc<str>>,
    once: bool,
}

impl About {
    pub(super) fn of(call: &Call) -> Self {
        Self {
            subject: Arc::clone(&call.subject),
            key: call.key.clone(),
            once: call.globals.run_once.unwrap_or(false),
        }
    }
}

impl Live {
    /// Reports how an operation ended.
    pub(super) fn conclude(
        &self,
        done: Done,
        about: &About,
        commands: &Commands,
        result: &OpResult,
        work: &Work,
        last: bool,
    ) -> Result<()> {
        let done = Self::fetch(done, work);
        let failure = done.failed.as_ref();
        let ignored = work.globals.ignore_errors.unwrap_or(false);
        let changed = commands.changed.is_none_or(|reads| reads(&done.outputs));
        let is_interrupted = failure.is_some_and(|(_, it)| it.kind == ErrorKind::Interrupted);
        let status = match failure {
            Some((_, error)) if error.kind == ErrorKind::Unreachable => Status::Unreachable,
            Some(_) if is_interrupted => Status::Failed,
            Some(_) if ignored => Status::Ignored,
            Some(_) => Status::Failed,
            None if changed => Status::Changed,
            None => Status::Ok,
        };
        let failed_command = failure.and_then(|(index, _)| work.commands.get(*index));
        let record = Record {
            commands: commands.shown(),
            stdout: joined(&done.outputs, |it| &it.stdout),
            stderr: joined(&done.outputs, |it| &it.stderr),
            code: done.outputs.last().map(|it| it.code).filter(|code| *code >= 0),
            seconds: done.seconds,
            diff: commands.diff.clone(),
            error: failure.map(|(_, error)| scrub(&error.message).into_owned()),
            failed_command: failed_command.map(|it| scrub(&it.to_string()).into_owned()),
            note: failure
                .and_then(|(_, error)| error.hint.clone())
                .or_else(|| failure.and_then(|_| self.way_out(&done, &work.context.account)))
                .or_else(|| commands.note.clone()),
            ..self.record(about, status, Instant::now())
        };
        let record = self.whole(if is_interrupted { interrupted(record) } else { record });
        result.settle(settled(&record));
        if commands.again && status == Status::Changed {
            *self.first_part.borrow_mut() = Some(record);
            return Ok(());
        }
        let error = done.failed.map(|(_, error)| error);
        let Some(error) = error else { return self.went_well(record, result, &work.globals) };
        let is_tried_again = !last && !self.fleet.interrupt.is_stopped();
        if is_tried_again && matches!(status, Status::Failed | Status::Ignored) {
            return Err(error);
        }
        if status != Status::Ignored {
            self.failed.set(true);
            self.note_failure(&record, &error);
        }
        self.fleet.listener.event(&Event::Result(record));
        if let Some(function) = work.globals.on_error.as_ref().filter(|_| !is_interrupted) {
            call_back(function, result)?;
        }
        if status == Status::Ignored { Ok(()) } else { Err(error) }
    }

    /// Advice against what a command complains of.
    fn way_out(&self, done: &Done, account: &Account) -> Option<String> {
        let rights = match account.user() {
            Some("root") => Rights::Root,
            Some(_) => Rights::Named,
            None if hold(&self.link).is_root() => Rights::Root,
            None => Rights::Login,
        };
        way_out(&done.outputs, rights).map(str::to_owned)
    }

    /// Writes fetched files on the controller.
    fn fetch(mut done: Done, work: &Work) -> Done {
        for (index, (command, output)) in work.commands.iter().zip(&done.outputs).enumerate() {
            if let Command::Get { to, mode, .. } = command
                && done.failed.is_none()
                && let Err(error) = crate::project::write_with_folder(to, &output.stdout, *mode)
            {
                done.failed = Some((index, error));
            }
        }
        done
    }

    /// Keeps what a script is told that goes on after the failure.
    fn note_failure(&self, record: &Record, error: &Error) {
        let last = record.stderr.lines().rev().find(|line| !line.trim().is_empty());
        let why = last.unwrap_or(&error.message);
        *self.failure.borrow_mut() = Some(format!("{}: {why}", record.subject.label));
    }

    /// An operation went well: told now, or once it is known whether that is enough.
    pub(super) fn went_well(
        &self,
        record: Record,
        result: &OpResult,
        globals: &GlobalArgs,
    ) -> Result<()> {
        if globals.retry_until.is_some() || globals.postcondition.is_some() {
            *self.held.borrow_mut() = Some(record);
            return Ok(());
        }
        self.fleet.listener.event(&Event::Result(record));
        match &globals.on_success {
            Some(function) => call_back(function, result),
            None => Ok(()),
        }
    }

    /// Tells that an operation was in line when one before it ended the host's part.
    pub(super) fn never_ran(&self, about: &About) {
        let record = self.record(about, Status::NotRun, Instant::now());
        self.fleet.listener.event(&Event::Result(Record { seconds: 0.0, ..record }));
    }

    /// Reports a record and gives it to the script.
    pub(super) fn tell(&self, record: Record) -> OpResult {
        let record = self.whole(record);
        let result = OpResult::settled(Arc::clone(&record.subject), settled(&record));
        self.fleet.listener.event(&Event::Result(record));
        result
    }

    pub(super) fn record(&self, about: &About, status: Status, started: Instant) -> Record {
        Record {
            seconds: started.elapsed().as_secs_f64(),
            caught: self.attempts.get() > 0,
            key: about.key.clone(),
            once: about.once,
            ..Record::new(&about.subject, &self.host.name, status)
        }
    }

    /// The record with that of the operation's commands before it, if it was planned in parts.
    pub(super) fn whole(&self, record: Record) -> Record {
        match self.first_part.take() {
            Some(first) => after(first, record),
            None => record,
        }
    }
}

/// The record of an operation that the user ended while it ran.
fn interrupted(record: Record) -> Record {
    let note = "it may have done part of its work; `--resume` runs it again";
    Record {
        error: Some("interrupted while it ran".to_owned()),
        note: Some(note.to_owned()),
        caught: false,
        ..record
    }
}

pub(super) fn call_back(function: &Value, result: &OpResult) -> Result<()> {
    match function {
        Value::Function(function) => {
            function.call(vec![Value::Outcome(Arc::new(result.clone()))]).map(|_| ())
        }
        other => Err(Error::usage(format!("a callback is a function, not {}", other.kind()))),
    }
}

/// The record of an operation that was planned and run in parts.
fn after(first: Record, then: Record) -> Record {
    let failed = !matches!(then.status, Status::Ok | Status::Changed);
    Record {
        status: if failed { then.status } else { first.status },
        commands: [first.commands, then.commands].concat(),
        stdout: [first.stdout, then.stdout].concat(),
        stderr: [first.stderr, then.stderr].concat(),
        code: then.code.or(first.code),
        seconds: first.seconds + then.seconds,
        diff: [first.diff, then.diff].concat(),
        ..then
    }
}

/// A record as the script's result.
pub(super) fn settled(record: &Record) -> Settled {
    Settled {
        status: Some(record.status),
        changed: record.status == Status::Changed,
        stdout: record.stdout.clone(),
        stderr: record.stderr.clone(),
        code: record.code,
        commands: record.commands.clone(),
        diff: record.diff.clone(),
        unknown: None,
        planned: None,
    }
}

/// What all commands of an operation printed.
fn joined(outputs: &[Output], stream: impl Fn(&Output) -> &Vec<u8>) -> String {
    outputs.iter().map(|it| String::from_utf8_lossy(stream(it)).into_owned()).collect()
}
