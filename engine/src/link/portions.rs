//! Works and questions cut into portions: what goes to which account in one job.

use std::sync::Arc;
use std::time::Duration;

use super::answers::Answers;
use super::work::{Done, Work};
use crate::command::Command;
use crate::fact::{Question, together};
use crate::options::SharedContext;

/// A step of a job, and what it belongs to.
pub(super) enum Part {
    /// A command: which work, which of its commands.
    Command(usize, usize),
    /// Questions that one command answers, by index; mostly one.
    Questions(Vec<usize>),
}

/// What goes to one account in one job.
pub(super) struct Portion {
    pub(super) context: SharedContext,
    pub(super) parts: Vec<Part>,
    pub(super) deadline: Option<Duration>,
}

/// Cuts works and questions into portions: consecutive ones of the same account share one. An operation with
/// a time limit or a terminal is one of its own, so that the limit is its alone.
pub(super) fn portions(
    works: &[Work],
    questions: &[Question],
    answers: &Answers,
    together: bool,
) -> Vec<Portion> {
    let mut portions: Vec<Portion> = Vec::new();
    for (index, work) in works.iter().enumerate() {
        let deadline = work.globals.timeout;
        for (at, command) in work.commands.iter().enumerate() {
            let context = match command {
                Command::Run { context: Some(context), .. } => context,
                _ => &work.context,
            };
            let alone = deadline.is_some() || is_own(command);
            match portions.last_mut() {
                Some(last)
                    if !alone
                        && last.own(works).is_none()
                        && last.deadline.is_none()
                        && last.context.account == context.account =>
                {
                    last.parts.push(Part::Command(index, at));
                }
                _ => portions.push(Portion {
                    context: Arc::clone(context),
                    parts: vec![Part::Command(index, at)],
                    deadline,
                }),
            }
        }
    }
    // Questions come after all works: the last portion of works may take them, or one of their own.
    let last_work = portions.len().saturating_sub(1);
    let open = answers.found.iter().map(Option::is_none);
    for ((index, question), _) in questions.iter().enumerate().zip(open).filter(|(_, open)| *open) {
        let account = &question.id.context.account;
        let fits = portions.iter_mut().skip(last_work).find(|portion| {
            portion.own(works).is_none()
                && portion.context.account == *account
                && portion.deadline.is_none()
        });
        match fits {
            Some(portion) => {
                if !together || !portion.takes_along(index, questions) {
                    portion.parts.push(Part::Questions(vec![index]));
                }
            }
            None => portions.push(Portion {
                context: Arc::clone(&question.id.context),
                parts: vec![Part::Questions(vec![index])],
                deadline: None,
            }),
        }
    }
    portions
}

impl Portion {
    /// Adds a question to others that one command answers, if there are such.
    fn takes_along(&mut self, index: usize, questions: &[Question]) -> bool {
        let Some(question) = questions.get(index).filter(|it| it.together.is_some()) else {
            return false;
        };
        let fits = self.parts.iter_mut().rev().find_map(|part| {
            let Part::Questions(indices) = part else { return None };
            let first = &questions.get(*indices.first()?)?.id;
            let same = first.fact == question.id.fact && first.context == question.id.context;
            (same && indices.len() < together::AT_MOST).then_some(indices)
        });
        fits.map(|indices| indices.push(index)).is_some()
    }

    /// Whether it has the rest of an operation that has begun.
    pub(super) fn goes_on_with(&self, done: &[Done]) -> bool {
        match self.parts.first() {
            Some(Part::Command(work, _)) => done.get(*work).is_some_and(|it| it.started),
            _ => false,
        }
    }

    /// What no session does, if that is what the portion is.
    pub(super) fn own<'a>(&self, works: &'a [Work]) -> Option<(usize, usize, &'a Command)> {
        let [Part::Command(work, command)] = self.parts.as_slice() else { return None };
        let own = works.get(*work)?.commands.get(*command)?;
        is_own(own).then_some((*work, *command, own))
    }
}

/// Whether a command is not for a session.
fn is_own(command: &Command) -> bool {
    matches!(command, Command::Restarted { .. } | Command::Rsync { .. })
}
