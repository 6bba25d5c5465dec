//! What a batch came to: its results put where they belong, its trouble laid at an operation's door.

use super::Exchange;
use super::answers::Answers;
use super::batches::{Batch, Part};
use super::work::Work;
use crate::connectors::job::StepResult;
use crate::connectors::session::SessionError;
use crate::error::{Error, Result};
use crate::fact::Question;

/// Puts what became of a batch's steps where it belongs. True: a work failed, nothing more is to run.
pub(super) fn collect(
    batch: &Batch,
    outcome: Result<Vec<StepResult>, SessionError>,
    works: &[Work],
    questions: &[Question],
    exchange: &mut Exchange,
    answers: &mut Answers,
) -> Result<bool> {
    let (results, trouble) = match outcome {
        Ok(results) => (results, None),
        Err(error) => (error.results().to_vec(), Some(error)),
    };
    let mut stopped = false;
    for (part, result) in batch.parts.iter().zip(results) {
        match part {
            Part::Questions(indices) => answers.take(indices, questions, &result),
            Part::Command(work, command) => {
                let (Some(given), Some(done)) = (works.get(*work), exchange.done.get_mut(*work))
                else {
                    continue;
                };
                stopped |= done.add(*command, given, result);
            }
        }
    }
    let Some(error) = trouble else { return Ok(stopped) };
    blame(batch, &error, works, exchange)
}

/// Lays an error of the whole exchange at the door of the operation that was running, if one was.
fn blame(
    batch: &Batch,
    error: &SessionError,
    works: &[Work],
    exchange: &mut Exchange,
) -> Result<bool> {
    let mut plain = match error {
        SessionError::Killed { .. } => Error::interrupted(),
        SessionError::Connect(_) | SessionError::Lost { .. } => {
            Error::unreachable(error.to_string())
        }
        _ => Error::failed(error.to_string()),
    };
    plain.hint = error.hint().map(str::to_owned);
    let open = batch.parts.iter().find_map(|part| match part {
        Part::Command(work, command) => {
            let done = exchange.done.get(*work)?;
            (done.failed.is_none() && done.outputs.len() <= *command).then_some((*work, *command))
        }
        Part::Questions(_) => None,
    });
    let timed_out = matches!(error, SessionError::TimedOut { .. });
    let Some((work, command)) = open else {
        // The step that took too long has been told of already; say of it what is known of the whole.
        let late = exchange.done.iter_mut().position(|done| done.failed.is_some());
        let (true, Some(work)) = (timed_out, late) else {
            if exchange.done.is_empty() {
                return Err(plain);
            }
            // Every operation has a result of its own, and keeps it.
            exchange.cut = Some(plain);
            return Ok(true);
        };
        let ignored = works.get(work).is_some_and(Work::ignores_errors);
        if let Some((_, failure)) =
            exchange.done.get_mut(work).and_then(|done| done.failed.as_mut())
        {
            *failure = plain;
        }
        return Ok(!ignored);
    };
    let Some(done) = exchange.done.get_mut(work) else { return Err(plain) };
    done.started = true;
    done.failed = Some((command, plain));
    let ignored = works.get(work).is_some_and(Work::ignores_errors);
    Ok(!(timed_out && ignored))
}
