//! When it is this host's turn: waiting for the others, meeting them, and what has been done already.

use std::sync::Arc;
use std::time::Instant;

use super::conclude::About;
use super::{Conduct, Live};
use crate::error::{Error, Result};
use crate::event::{Event, Record, Status};
use crate::execute::lockstep::{Pace, Spread, Turn};
use crate::script::{Call, CallPath, Driver, OpResult, Settled};

impl Live {
    /// Waits for this host's turn at an operation.
    pub(super) fn turn(&self, call: &Call) -> Result<Turn> {
        let globals = &call.globals;
        let spread = Spread {
            once: globals.run_once.unwrap_or(false),
            at_a_time: match (globals.serial, globals.parallel) {
                (Some(true), _) => 1,
                (_, Some(limit)) => limit,
                _ if self.conduct.pace == Pace::Together => self.conduct.at_a_time,
                _ => 0,
            },
        };
        if spread.once || spread.at_a_time > 0 {
            self.flush(Vec::new())?;
        }
        if self.fleet.interrupt.is_stopped() {
            return Ok(Turn::Stop);
        }
        Ok(self.conduct.lockstep.arrive(self.index, &call.path, &call.subject, spread))
    }

    /// Waits until the other hosts are here, or behind it, or out of the run.
    pub(super) fn meet(&self, path: &CallPath) -> Result<()> {
        self.observe()?;
        let Conduct { pace, at_a_time, .. } = &*self.conduct;
        if *pace == Pace::Apart && (1..self.fleet.selected.len()).contains(at_a_time) {
            let error = "hosts cannot meet while others have not begun";
            return Err(Error::usage(error).hint("leave out `--no-wait` or `--parallel`"));
        }
        if self.conduct.lockstep.meet(self.index, path) {
            return Ok(());
        }
        Err(Error::interrupted())
    }

    /// Notes how far the host has come.
    pub(super) fn come_to(&self, path: &CallPath) {
        let mut reached = self.reached.borrow_mut();
        let path = path.without_batches();
        if reached.as_ref().is_none_or(|furthest| *furthest < path) {
            *reached = Some(path);
        }
    }

    /// The result of an operation that the resumed run has done already.
    pub(super) fn done_before(&self, call: &Call) -> Option<OpResult> {
        let label = &call.subject.label;
        let done = self.fleet.earlier.find(&self.host.name, call.key.as_deref()?, label)?;
        let note = Some("done by the run that is resumed".to_owned());
        let record = self.record(&About::of(call), Status::Skipped, Instant::now());
        self.fleet.listener.event(&Event::Result(Record { note, key: None, ..record }));
        Some(OpResult::settled(Arc::clone(&call.subject), done))
    }

    /// Takes the result of the host that ran the operation for all.
    pub(super) fn take(&self, call: &Call, shared: Settled) -> Result<OpResult> {
        let failed = shared.status == Some(Status::Failed);
        let started = Instant::now();
        let status = if failed { Status::Failed } else { Status::Skipped };
        let note = (!failed).then(|| "ran on the first host only".to_owned());
        let mut record = Record { note, ..self.record(&About::of(call), status, started) };
        if failed {
            record.error = Some("it failed on the host that ran it for all".to_owned());
        }
        self.fleet.listener.event(&Event::Result(record));
        if failed {
            self.failed.set(true);
            return Err(Error::failed("it failed on the host that ran it for all"));
        }
        Ok(OpResult::settled(Arc::clone(&call.subject), shared))
    }
}
