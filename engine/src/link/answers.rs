//! Questions as steps of a job, and what the host answered.

use std::fmt::Display;

use super::work::in_context;
use crate::command::scrub;
use crate::connectors::job::{self, Action, Ended, Keep, OnFailure, Step, StepResult};
use crate::connectors::session::SessionError;
use crate::error::{Error, Result};
use crate::fact::{Answer, Question};

/// The step that answers questions of one fact.
pub(super) fn questions_step(indices: &[usize], questions: &[Question]) -> Option<Step> {
    let asked: Vec<&Question> = indices.iter().filter_map(|it| questions.get(*it)).collect();
    let first = asked.first()?;
    let command = match &first.together {
        Some(together) if asked.len() > 1 => {
            let ways = asked.iter().filter_map(|it| it.together.as_ref());
            let words: Vec<&str> = ways.map(|it| it.word.as_str()).collect();
            (together.command)(&words)
        }
        _ => first.command.clone(),
    };
    let requires = first.requires.map(str::to_owned);
    let mut step = Step::new(Action::Run { script: command.reveal(), stdin: None, requires });
    step.on_failure = OnFailure::Continue;
    step.keep = Keep::UpTo(job::FACT_OUTPUT);
    in_context(&mut step, &first.id.context);
    Some(step)
}

/// What became of an exchange's questions.
pub(super) struct Answers {
    /// One for each question that has been answered.
    pub(super) found: Vec<Option<Result<Answer>>>,
    /// Whether some that were asked together are to be asked one by one.
    pub(super) apart: bool,
}

impl Answers {
    pub(super) fn of(questions: &[Question]) -> Self {
        Self { found: questions.iter().map(|_| None).collect(), apart: false }
    }

    /// Takes in that these questions have no answer.
    pub(super) fn refuse(&mut self, indices: &[usize], questions: &[Question], why: &SessionError) {
        for index in indices {
            if let (Some(question), Some(slot)) =
                (questions.get(*index), self.found.get_mut(*index))
            {
                *slot = Some(Err(unreadable(question, why)));
            }
        }
    }

    /// Takes in what the step came to that answers these questions.
    pub(super) fn take(&mut self, indices: &[usize], questions: &[Question], result: &StepResult) {
        let alone = indices.len() < 2;
        let outputs = match result.ended {
            Ended::Code(0) if !alone => {
                let way = indices.first().and_then(|it| questions.get(*it)?.together.as_ref());
                way.and_then(|way| (way.split)(&result.stdout))
                    .filter(|outputs| outputs.len() == indices.len())
            }
            Ended::Code(_) if !alone => None,
            _ => {
                for index in indices {
                    if let (Some(question), Some(slot)) =
                        (questions.get(*index), self.found.get_mut(*index))
                    {
                        *slot = answer(question, result);
                    }
                }
                return;
            }
        };
        let Some(outputs) = outputs else {
            self.apart = true;
            return;
        };
        for (index, output) in indices.iter().zip(outputs) {
            if let (Some(question), Some(slot)) =
                (questions.get(*index), self.found.get_mut(*index))
            {
                *slot = Some((question.parse)(Some(&output)));
            }
        }
    }
}

/// What a step's output means; `None` where it did not run.
fn answer(question: &Question, result: &StepResult) -> Option<Result<Answer>> {
    match &result.ended {
        Ended::Code(0) => Some((question.parse)(Some(&result.stdout))),
        Ended::Missing(_) => Some((question.parse)(None)),
        Ended::Skipped => None,
        Ended::Code(code) => {
            let said = String::from_utf8_lossy(&result.stderr);
            let mut error = unreadable(question, format_args!("exit code {code}"));
            error.hint = said.lines().last().map(|line| scrub(line).into_owned());
            Some(Err(error))
        }
        other => Some(Err(unreadable(question, format_args!("{other:?}")))),
    }
}

fn unreadable(question: &Question, why: impl Display) -> Error {
    Error::failed(format!("could not read fact `{}`: {why}", question.id.label()))
}
