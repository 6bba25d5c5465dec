//! What a portion came to: its results put where they belong, its trouble laid at an operation's door.

use super::Exchange;
use super::answers::Answers;
use super::portions::{Part, Portion};
use super::work::{Done, Work};
use crate::connectors::job::StepResult;
use crate::connectors::session::{SessionError, Unfinished};
use crate::error::{Error, ErrorKind, Result};
use crate::fact::Question;
use crate::options::Account;

/// Puts what became of a portion's steps where it belongs. True: a work failed, nothing more is to run.
pub(super) fn collect(
    portion: &Portion,
    outcome: Result<Vec<StepResult>, Unfinished>,
    works: &[Work],
    questions: &[Question],
    exchange: &mut Exchange,
    answers: &mut Answers,
) -> Result<bool> {
    let (results, trouble) = match outcome {
        Ok(results) => (results, None),
        Err(Unfinished { error, results }) => (results, Some(error)),
    };
    let mut stopped = false;
    for (part, result) in portion.parts.iter().zip(results) {
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
    if let SessionError::TooMuchOutput { step, .. } = &error
        && let Some(Part::Questions(indices)) = portion.parts.get(*step)
        && exchange.done.is_empty()
    {
        // The others are asked again.
        answers.refuse(indices, questions, &error);
        return Ok(stopped);
    }
    blame(portion, &error, works, exchange)
}

/// Lays an error of the whole exchange at the door of the operation that was running, if one was.
fn blame(
    portion: &Portion,
    error: &SessionError,
    works: &[Work],
    exchange: &mut Exchange,
) -> Result<bool> {
    let mut plain = match error {
        SessionError::Killed => Error::interrupted(),
        SessionError::Connect(_) | SessionError::Lost { .. } => {
            Error::unreachable(error.to_string())
        }
        // A host on which nobody can work is out of reach; one that refuses us another account is not.
        SessionError::Refused { .. } if portion.context.account == Account::default() => {
            Error::unreachable(error.to_string())
        }
        _ => Error::failed(error.to_string()),
    };
    plain.hint = error.hint().map(str::to_owned);
    let (timed_out, lost) = match error {
        SessionError::TimedOut { .. } => (true, false),
        SessionError::Lost { .. } => (false, true),
        _ => (false, false),
    };
    // The step that took too long, or with which the connection ended, has been told of already; of it is said what is
    // known of the whole.
    let is_told = |done: &Done| match &done.failed {
        Some((_, it)) => timed_out || (lost && it.kind == ErrorKind::Unreachable),
        None => false,
    };
    if let Some(work) = exchange.done.iter().position(is_told) {
        let ignored = works.get(work).is_some_and(Work::ignores_errors);
        if let Some((_, told)) = exchange.done.get_mut(work).and_then(|done| done.failed.as_mut()) {
            *told = if lost { while_it_ran(&plain) } else { plain };
        }
        return Ok(lost || !ignored);
    }
    let open = portion.parts.iter().find_map(|part| match part {
        Part::Command(work, command) => {
            let done = exchange.done.get(*work)?;
            (done.failed.is_none() && done.outputs.len() <= *command).then_some((*work, *command))
        }
        Part::Questions(_) => None,
    });
    let Some((work, command)) = open else {
        if exchange.done.is_empty() {
            return Err(plain);
        }
        // Every operation has a result of its own, and keeps it.
        exchange.cut = Some(plain);
        return Ok(true);
    };
    let Some(done) = exchange.done.get_mut(work) else { return Err(plain) };
    done.started = true;
    done.failed = Some((command, plain));
    let ignored = works.get(work).is_some_and(Work::ignores_errors);
    Ok(!(timed_out && ignored))
}

/// The connection ended in the middle of an operation.
fn while_it_ran(plain: &Error) -> Error {
    Error::unreachable(format!("the connection ended while it ran: {}", plain.message))
        .hint("it may have done its work all the same; --resume goes on from here")
}
