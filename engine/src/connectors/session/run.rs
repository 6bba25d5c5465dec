//! A job under way: which steps come next, and which are skipped for the sake of those before.

use std::collections::BTreeSet;
use std::time::Duration;

use tokio::time::Instant;

use super::INLINE;
use super::channel::Over;
use super::error::SessionError;
use super::flight::Flight;
use super::text::{self, Names};
use crate::connectors::job::{Content, Ended, Keep, OnFailure, Step, StepResult};
use crate::connectors::process::Exit;

pub(super) struct Run {
    steps: Vec<Step>,
    results: Vec<StepResult>,
    stopped: bool,
    /// The operation behind which nothing begins.
    last_group: Option<usize>,
    failed_groups: BTreeSet<usize>,
    limit: Duration,
    deadline: Option<Instant>,
}

/// How the next steps are done.
pub(super) enum Next {
    /// So many of them together in the session's `sh`.
    Here(usize),
    /// The next one over a channel of its own.
    Upload,
    /// The result of the next one is known without the host.
    Known(StepResult),
}

impl Run {
    pub(super) fn new(steps: Vec<Step>, limit: Option<Duration>) -> Self {
        Self {
            steps,
            results: Vec::new(),
            stopped: false,
            last_group: None,
            failed_groups: BTreeSet::new(),
            limit: limit.unwrap_or_default(),
            deadline: limit.and_then(|limit| Instant::now().checked_add(limit)),
        }
    }

    /// Whether every step can be written as shell text, before any of them runs.
    pub(super) fn check(&self, names: &Names) -> Result<(), SessionError> {
        for (position, step) in self.steps.iter().enumerate() {
            let checked = match step.content() {
                Some(Content::Printed(_)) | None => text::step_text(step, 0, names),
                Some(_) => text::upload_text(step, 0, names),
            };
            checked.map_err(|message| SessionError::Invalid { step: position, message })?;
        }
        Ok(())
    }

    pub(super) fn is_done(&self) -> bool {
        self.results.len() == self.steps.len()
    }

    /// The place in the job of the next step.
    pub(super) fn position(&self) -> usize {
        self.results.len()
    }

    pub(super) fn deadline(&self) -> Option<Instant> {
        self.deadline
    }

    pub(super) fn next_steps(&self, count: usize) -> &[Step] {
        let position = self.position();
        self.steps.get(position..position + count).unwrap_or_default()
    }

    /// Nothing begins any more but what belongs to the operation that ran last.
    pub(super) fn halt(&mut self) {
        let mut ran = self.steps.iter().zip(&self.results).rev();
        let last = ran.find(|(_, result)| result.ended != Ended::Skipped);
        self.stopped |= last.is_none();
        self.last_group = last.map(|(step, _)| step.group);
    }

    /// Decides how the next steps are done, and reads the small files among their content.
    pub(super) async fn load(&mut self) -> Next {
        let position = self.position();
        let mut count = 0;
        while let Some(step) = self.steps.get_mut(position + count) {
            let large = step.content().is_some_and(|it| it.len() > INLINE);
            let loaded = if large { Ok(()) } else { load_content(step).await };
            if count > 0 && (large || loaded.is_err()) {
                break;
            }
            if (large || loaded.is_err()) && self.skips(position) {
                return Next::Known(StepResult::empty(Ended::Skipped));
            }
            match loaded {
                Err(message) => return Next::Known(local_failure(&message)),
                Ok(()) if large => return Next::Upload,
                Ok(()) => count += 1,
            }
        }
        Next::Here(count)
    }

    /// What the `sh` must know of the steps before.
    pub(super) fn state_text(&self) -> String {
        let groups: Vec<_> = self.failed_groups.iter().map(ToString::to_string).collect();
        let stopped = if self.stopped { "1" } else { "" };
        let last = self.last_group.map(|it| it.to_string()).unwrap_or_default();
        format!("infra_stop={stopped} infra_halt={last} infra_failed=' {} '\n", groups.join(" "))
    }

    /// Takes in the results of the next steps.
    pub(super) fn push(&mut self, results: impl IntoIterator<Item = StepResult>) {
        for result in results {
            let Some(step) = self.steps.get(self.results.len()) else { return };
            if step.failed(&result.ended) {
                match step.on_failure {
                    OnFailure::StopJob => self.stopped = true,
                    OnFailure::SkipGroup => drop(self.failed_groups.insert(step.group)),
                    OnFailure::Continue => {}
                }
            }
            self.results.push(result);
        }
    }

    /// Takes in what an exchange came to.
    pub(super) fn finish(&mut self, flight: Flight<'_>, over: Over) -> Result<(), SessionError> {
        match over {
            Over::Finished => {
                self.push(flight.results(&Ended::Lost));
                Ok(())
            }
            Over::SourceFailed(why) => {
                self.push([local_failure(&why)]);
                Ok(())
            }
            Over::TimedOut => {
                self.results.extend(flight.results(&Ended::TimedOut));
                Err(SessionError::TimedOut { limit: self.limit })
            }
            Over::Killed => {
                self.results.extend(flight.results(&Ended::Skipped));
                Err(SessionError::Killed)
            }
            Over::Overflow(step) => {
                self.results.extend(flight.results(&Ended::Skipped));
                let limit = match self.steps.get(step).map(|step| step.keep) {
                    Some(Keep::UpTo(limit) | Keep::HeadAndTail(limit)) => limit,
                    None => 0,
                };
                Err(SessionError::TooMuchOutput { step, limit })
            }
            Over::Ended(exit) => {
                // The first is said by the connection, in whole sentences.
                let message = match exit {
                    Exit::Lost(why) => why,
                    Exit::Code(code) => format!("the session's sh ended with code {code}"),
                    Exit::Signal(name) => format!("signal {name} ended the session's sh"),
                };
                self.results.extend(flight.results(&Ended::Lost));
                Err(SessionError::Lost { message })
            }
            Over::NeverStarted => {
                Err(SessionError::Lost { message: "the session did not start".to_owned() })
            }
        }
    }

    /// What became of every step; what has no result yet did not run.
    pub(super) fn into_results(mut self) -> Vec<StepResult> {
        self.results.resize_with(self.steps.len(), || StepResult::empty(Ended::Skipped));
        self.results
    }

    fn skips(&self, position: usize) -> bool {
        self.steps.get(position).is_some_and(|step| {
            let is_over = self.last_group.is_some_and(|last| last != step.group);
            !step.always && (self.stopped || is_over || self.failed_groups.contains(&step.group))
        })
    }
}

async fn load_content(step: &mut Step) -> Result<(), String> {
    let Some(content) = step.content_mut() else { return Ok(()) };
    if !matches!(content, Content::Bytes(_) | Content::Printed(_)) {
        let mut all = Vec::new();
        load(content, &mut all).await?;
        *content = Content::Bytes(all);
    }
    Ok(())
}

async fn load(content: &Content, all: &mut Vec<u8>) -> Result<(), String> {
    match content {
        Content::Bytes(bytes) => all.extend_from_slice(bytes),
        Content::Printed(_) => return Err("what the host prints cannot be sent to it".into()),
        Content::File { path, len } => {
            let shown = path.display();
            let bytes = tokio::fs::read(path).await;
            let bytes = bytes.map_err(|error| format!("cannot read {shown}: {error}"))?;
            if bytes.len() as u64 != *len {
                return Err(format!("{shown} changed while it was being read"));
            }
            all.extend(bytes);
        }
        Content::Pieces(pieces) => {
            for piece in pieces {
                Box::pin(load(piece, all)).await?;
            }
        }
    }
    Ok(())
}

/// A step that failed on this side.
pub(super) fn local_failure(message: &str) -> StepResult {
    let stderr = format!("{message} (on this machine)\n").into_bytes();
    StepResult { stderr, ..StepResult::empty(Ended::Code(1)) }
}
