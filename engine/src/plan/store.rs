//! The answers that one host has given, until an operation touches what they depend on.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::aliases::Aliases;
use crate::command::{Effect, Scope, touch};
use crate::error::Result;
use crate::fact::{Answer, Question, QuestionId};

/// Answers by question.
#[derive(Debug, Default)]
pub(crate) struct FactStore {
    held: HashMap<QuestionId, Held>,
    /// What the plan's steps touch.
    planned: BTreeMap<usize, Vec<Scope>>,
    /// Links that are known.
    aliases: Aliases,
}

#[derive(Debug)]
struct Held {
    question: Question,
    /// `None` once it was forgotten.
    answer: Option<Result<Answer>>,
    /// The steps of the plan that ask it.
    needed: BTreeSet<usize>,
}

impl FactStore {
    /// The answer, if it is still true.
    pub(crate) fn get(&self, id: &QuestionId) -> Option<(&Result<Answer>, &[Scope])> {
        let held = self.held.get(id)?;
        Some((held.answer.as_ref()?, held.question.reads.as_slice()))
    }

    /// All questions with their answers.
    pub(crate) fn all(&self) -> impl Iterator<Item = (&Question, &Result<Answer>)> {
        self.held.values().filter_map(|it| Some((&it.question, it.answer.as_ref()?)))
    }

    /// Keeps an answer.
    pub(crate) fn put(&mut self, question: Question, answer: Result<Answer>) {
        if let Ok(answer) = &answer {
            self.aliases.answered(question.id.fact, &question.reads, answer);
        }
        let needed = self.held.remove(&question.id).map(|it| it.needed).unwrap_or_default();
        let held = Held { question, answer: Some(answer), needed };
        self.held.insert(held.question.id.clone(), held);
    }

    /// Keeps an answer that the host was not asked for, until a step of the plan.
    pub(crate) fn assume(&mut self, question: Question, answer: Answer, until: usize) {
        let id = question.id.clone();
        self.put(question, Ok(answer));
        self.needed(&id, until);
    }

    /// Notes that a step of the plan asks this.
    pub(crate) fn needed(&mut self, id: &QuestionId, step: usize) {
        if let Some(held) = self.held.get_mut(id) {
            held.needed.insert(step);
        }
    }

    /// Notes what the steps of the plan touch.
    pub(crate) fn plan(&mut self, touches: impl IntoIterator<Item = (usize, Vec<Scope>)>) {
        self.planned = touches.into_iter().collect();
    }

    /// The links that are known.
    pub(crate) fn aliases(&self) -> Aliases {
        self.aliases.clone()
    }

    /// Forgets what depends on what was touched, by whatever name; `effects` is what then is true of links. Returns the questions that later steps will ask again, with the last of
    /// these, so that they can go out together with the change. One that is to be forgotten once more before it is asked
    /// waits for that.
    pub(crate) fn forget(
        &mut self,
        touched: Vec<Scope>,
        effects: &[Effect],
        step: usize,
    ) -> Vec<(Question, usize)> {
        let touched = self.aliases.touched(touched, effects);
        let mut again = Vec::new();
        let planned = &self.planned;
        self.held.retain(|_, held| {
            let reads = &held.question.reads;
            if !touch(&touched, reads) {
                return true;
            }
            held.answer = None;
            let (Some(next), Some(last)) =
                (held.needed.range(step + 1..).next(), held.needed.last())
            else {
                return false;
            };
            if !planned.range(step + 1..*next).any(|(_, touches)| touch(touches, reads)) {
                again.push((held.question.clone(), *last));
            }
            true
        });
        again
    }
}
