//! The answers that one host has given, until an operation touches what they depend on.

use std::collections::HashMap;

use crate::command::{Scope, touch};
use crate::error::Result;
use crate::fact::{Answer, Question, QuestionId};

/// Answers by question.
#[derive(Debug, Default)]
pub(crate) struct FactStore {
    held: HashMap<QuestionId, Held>,
}

#[derive(Debug)]
struct Held {
    question: Question,
    answer: Result<Answer>,
    /// The last step of the plan that asks it; later steps do not need it.
    needed_until: usize,
}

impl FactStore {
    /// The answer, if it is still true.
    pub(crate) fn get(&self, id: &QuestionId) -> Option<(&Result<Answer>, &[Scope])> {
        self.held.get(id).map(|it| (&it.answer, it.question.reads.as_slice()))
    }

    /// All questions with their answers.
    pub(crate) fn all(&self) -> impl Iterator<Item = (&Question, &Result<Answer>)> {
        self.held.values().map(|it| (&it.question, &it.answer))
    }

    /// Keeps an answer.
    pub(crate) fn put(&mut self, question: Question, answer: Result<Answer>) {
        let needed_until = self.held.get(&question.id).map_or(0, |it| it.needed_until);
        self.held.insert(question.id.clone(), Held { question, answer, needed_until });
    }

    /// Keeps an answer that the host was not asked for, until a step of the plan.
    pub(crate) fn assume(&mut self, question: Question, answer: Answer, needed_until: usize) {
        let held = Held { question, answer: Ok(answer), needed_until };
        self.held.insert(held.question.id.clone(), held);
    }

    /// Notes that a step of the plan asks this.
    pub(crate) fn needed(&mut self, id: &QuestionId, step: usize) {
        if let Some(held) = self.held.get_mut(id) {
            held.needed_until = held.needed_until.max(step);
        }
    }

    /// Forgets what depends on what was touched. Returns the questions that later steps will ask
    /// again, so that they can go out together with the change.
    pub(crate) fn forget(&mut self, touched: &[Scope], step: usize) -> Vec<(Question, usize)> {
        let mut again = Vec::new();
        self.held.retain(|_, held| {
            let hit = touch(touched, &held.question.reads);
            if hit && held.needed_until > step {
                again.push((held.question.clone(), held.needed_until));
            }
            !hit
        });
        again
    }
}
