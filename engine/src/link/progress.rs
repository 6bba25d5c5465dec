//! What is told of a job while it runs: which operation is on, and what its commands print.

use std::convert::Infallible;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::Link;
use super::outputs::Outputs;
use super::portions::{Part, Portion};
use super::tail::Tail;
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
    on: Arc<Mutex<On>>,
    outputs: Outputs,
}

/// What goes on.
#[derive(Default)]
struct On {
    /// The operation: its place among the works, what it is, and since when.
    operation: Option<(usize, Arc<Subject>, Instant)>,
    printed: Tail,
}

/// Tells again and again that an operation is still on.
pub(super) struct Reminder {
    host: String,
    listener: Arc<dyn Listener>,
    on: Arc<Mutex<On>>,
    interval: Duration,
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
            on: Arc::default(),
            outputs,
        };
        progress.begin(0);
        progress
    }

    /// The job is over.
    pub(super) fn finish(mut self) {
        self.outputs.finish();
    }

    /// What tells of it while it lasts.
    pub(super) fn reminder(&self, interval: Duration) -> Reminder {
        let (listener, on) = (Arc::clone(&self.listener), Arc::clone(&self.on));
        Reminder { host: self.host.clone(), listener, on, interval }
    }

    fn begin(&mut self, step: usize) {
        let mut on = lock(&self.on);
        let Some(Some((place, subject))) = self.operations.get(step) else {
            *on = On::default();
            return;
        };
        if on.operation.as_ref().is_some_and(|(it, ..)| it == place) {
            return;
        }
        let operation = Some((*place, Arc::clone(subject), Instant::now()));
        *on = On { operation, printed: Tail::default() };
        drop(on);
        self.listener.event(&running(subject, &self.host, *place));
    }
}

impl Reminder {
    /// Goes on as long as it is let.
    pub(super) async fn remind(self) -> Infallible {
        loop {
            tokio::time::sleep(self.interval).await;
            let waiting = {
                let on = lock(&self.on);
                on.operation.as_ref().map(|(_, subject, began)| Event::Waiting {
                    subject: Arc::clone(subject),
                    host: self.host.clone(),
                    seconds: began.elapsed().as_secs_f64(),
                    line: on.printed.line(),
                })
            };
            // An operation that has just begun is not waited for.
            if let Some(event @ Event::Waiting { seconds, .. }) = &waiting
                && *seconds >= self.interval.as_secs_f64()
            {
                self.listener.event(event);
            }
        }
    }
}

fn lock(on: &Mutex<On>) -> MutexGuard<'_, On> {
    on.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The event that an operation has begun; `place` is its place among the works.
pub(super) fn running(subject: &Arc<Subject>, host: &str, place: usize) -> Event {
    Event::Running { subject: Arc::clone(subject), host: host.to_owned(), before: place }
}

impl Follower for Progress {
    fn output(&mut self, step: usize, stream: Stream, bytes: &[u8]) {
        lock(&self.on).printed.push(bytes);
        self.outputs.push(step, stream, bytes);
    }

    fn ended(&mut self, step: usize) {
        self.begin(step + 1);
    }
}
