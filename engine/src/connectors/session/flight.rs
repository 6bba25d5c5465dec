//! Steps under way: whose output comes next, and what has become of them.

use std::time::{Duration, Instant};

use super::capture::Capture;
use super::marker::Word;
use crate::connectors::job::{Action, Ended, Step, StepResult, Stream};

/// Who is told what a job does while it runs. Steps are known by their place in the job.
pub trait Follower: Send {
    /// A step has printed something.
    fn output(&mut self, step: usize, stream: Stream, bytes: &[u8]);

    /// A step has ended, or was skipped; the next one is on.
    fn ended(&mut self, step: usize);
}

/// A borrowed [`Follower`].
pub type Sink<'a> = &'a mut (dyn Follower + 'a);

/// The steps of a job that were sent together and are under way.
pub(super) struct Flight<'a> {
    first_id: u64,
    first_step: usize,
    slots: Vec<Slot>,
    /// How many markers each stream has shown.
    passed: [usize; 2],
    since: Instant,
    sink: Option<Sink<'a>>,
    /// A step that printed more than it may.
    overflow: Option<usize>,
}

struct Slot {
    captures: [Capture; 2],
    program: Option<String>,
    ended: Option<Ended>,
    time: Duration,
}

impl<'a> Flight<'a> {
    /// `first_id` is the number of the first of `steps` in markers, `first_step` its place in the job.
    pub(super) fn new(
        steps: &[Step],
        first_id: u64,
        first_step: usize,
        sink: Option<Sink<'a>>,
    ) -> Self {
        let slots = steps.iter().map(Slot::new).collect();
        let since = Instant::now();
        Self { first_id, first_step, slots, passed: [0, 0], since, sink, overflow: None }
    }

    /// How many steps have ended, on both streams.
    pub(super) fn finished(&self) -> usize {
        let [stdout, stderr] = self.passed;
        stdout.min(stderr)
    }

    pub(super) fn is_finished(&self) -> bool {
        self.finished() == self.slots.len()
    }

    /// The place in the job of a step that printed more than it may.
    pub(super) fn overflow(&self) -> Option<usize> {
        self.overflow.map(|slot| self.first_step + slot)
    }

    pub(super) fn output(&mut self, stream: Stream, bytes: &[u8]) {
        let position = *side(&mut self.passed, stream);
        // Behind the last marker only a background process can have printed it.
        let Some(slot) = self.slots.get_mut(position) else { return };
        if let Some(sink) = &mut self.sink {
            sink.output(self.first_step + position, stream, bytes);
        }
        if !side(&mut slot.captures, stream).push(bytes) && self.overflow.is_none() {
            self.overflow = Some(position);
        }
    }

    pub(super) fn marker(&mut self, stream: Stream, step: u64, word: Word) {
        let before = self.finished();
        let position = side(&mut self.passed, stream);
        if step != self.first_id + *position as u64 {
            return;
        }
        let Some(slot) = self.slots.get_mut(*position) else { return };
        *position += 1;
        slot.ended = Some(word.ended(slot.program.as_deref()));
        if self.finished() > before
            && let Some(slot) = self.slots.get_mut(before)
        {
            slot.time = self.since.elapsed();
            self.since = Instant::now();
            if let Some(sink) = &mut self.sink {
                sink.ended(self.first_step + before);
            }
        }
    }

    /// What became of the steps; `interrupted` is how the one that is running ended.
    pub(super) fn results(self, interrupted: &Ended) -> Vec<StepResult> {
        let finished = self.finished();
        let running = self.since.elapsed();
        let slots = self.slots.into_iter().enumerate();
        slots
            .map(|(position, slot)| match position.cmp(&finished) {
                std::cmp::Ordering::Less => slot.result(None),
                std::cmp::Ordering::Equal => slot.result(Some(interrupted.clone())).took(running),
                std::cmp::Ordering::Greater => StepResult::empty(Ended::Skipped),
            })
            .collect()
    }
}

impl Slot {
    fn new(step: &Step) -> Self {
        let program = match &step.action {
            Action::Run { requires, .. } => requires.clone(),
            Action::Put(_) | Action::Get { .. } => None,
        };
        let captures = [Capture::new(step.keep), Capture::new(step.keep)];
        Self { captures, program, ended: None, time: Duration::ZERO }
    }

    fn result(self, interrupted: Option<Ended>) -> StepResult {
        let [stdout, stderr] = self.captures;
        let (stdout, less_stdout) = stdout.finish();
        let (stderr, less_stderr) = stderr.finish();
        let ended = interrupted.or(self.ended).unwrap_or(Ended::Lost);
        StepResult {
            ended,
            stdout,
            stderr,
            truncated: less_stdout || less_stderr,
            seconds: self.time.as_secs_f64(),
        }
    }
}

/// Of two things, the one of `stream`.
pub(super) fn side<T>([stdout, stderr]: &mut [T; 2], stream: Stream) -> &mut T {
    match stream {
        Stream::Stdout => stdout,
        Stream::Stderr => stderr,
    }
}
