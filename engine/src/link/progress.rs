//! What is told of a job while it runs: which operation is on, and what its commands print.

use std::sync::Arc;

use super::Link;
use super::outputs::Outputs;
use super::portions::{Part, Portion};
use super::work::Work;
use crate::connectors::job::Stream;
use crate::connectors::session::Follower;
use crate::event::{Event, Listener, Subject};

/// Follows one job.
pub(super) struct Progress {
    host: String,
    listener: Arc<dyn Listener>,
    /// The operation that each step belongs to: its place among the works, and what it is.
    operations: Vec<Option<(usize, Arc<Subject>)>>,
    /// The operation that is on, by its place.
    on: Option<usize>,
    outputs: Outputs,
}

impl Progress {
    /// The first step is on as soon as it is followed.
    pub(super) fn new(link: &Link, portion: &Portion, works: &[Work], outputs: Outputs) -> Self {
        let operation = |part: &Part| match part {
            Part::Command(work, _) => Some((*work, works.get(*work)?.subject.clone()?)),
            Part::Questions(_) => None,
        };
        let mut progress = Self {
            host: link.host.clone(),
            listener: Arc::clone(&link.listener),
            operations: portion.parts.iter().map(operation).collect(),
            on: None,
            outputs,
        };
        progress.begin(0);
        progress
    }

    /// The job is over.
    pub(super) fn finish(mut self) {
        self.outputs.finish();
    }

    fn begin(&mut self, step: usize) {
        let Some(Some((place, subject))) = self.operations.get(step) else { return };
        if self.on.replace(*place) != Some(*place) {
            self.listener.event(&running(subject, &self.host, *place));
        }
    }
}

/// The event that an operation has begun; `place` is its place among the works.
pub(super) fn running(subject: &Arc<Subject>, host: &str, place: usize) -> Event {
    Event::Running { subject: Arc::clone(subject), host: host.to_owned(), before: place }
}

impl Follower for Progress {
    fn output(&mut self, step: usize, stream: Stream, bytes: &[u8]) {
        self.outputs.push(step, stream, bytes);
    }

    fn ended(&mut self, step: usize) {
        self.begin(step + 1);
    }
}
