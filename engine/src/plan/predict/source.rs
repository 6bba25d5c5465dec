//! Facts as the operations of a plan ask for them: predicted, else as the host has answered, else to be asked.

use super::Prediction;
use crate::command::Scope;
use crate::error::{Error, Result};
use crate::fact::{Answer, Question, QuestionId};
use crate::fleet::identity;
use crate::host::{Foreseen, Identity, Source};
use crate::known::Predicted;
use crate::project::Project;

impl Prediction {
    /// What is known of a question, whoever asks.
    fn look(&self, id: &QuestionId) -> Option<Result<Answer>> {
        let store = self.store.borrow();
        let round = self.round.borrow();
        let held = store.get(id);
        match round.overlay.look((id.fact, &id.key), held.map(|(_, reads)| reads)) {
            Predicted::Value(answer) => Some(Ok(answer)),
            Predicted::Unknown(why) => Some(Err(Error::unknown(why))),
            Predicted::Untouched => {
                held.map(|(answer, _)| answer.clone()).or_else(|| self.given(id))
            }
        }
    }
}

impl Source for Prediction {
    fn known(&self, id: &QuestionId) -> Option<Result<Answer>> {
        self.store.borrow_mut().needed(id, self.round.borrow().tick);
        self.look(id)
    }

    /// The run will not ask for it.
    fn foreseen(&self, id: &QuestionId) -> Option<Foreseen> {
        Some(self.look(id).map_or(Foreseen::Open, Foreseen::Known))
    }

    fn reads(&self, id: &QuestionId) -> Option<Vec<Scope>> {
        self.store.borrow().get(id).map(|(_, reads)| reads.to_vec())
    }

    fn ask(&self, question: Question) -> Result<Answer> {
        let mut round = self.round.borrow_mut();
        let seen = round.overlay.look((question.id.fact, &question.id.key), Some(&question.reads));
        if let Predicted::Unknown(why) = seen {
            return Err(Error::unknown(why));
        }
        round.questions.insert(question.id.clone(), question);
        Err(Error::pending())
    }

    fn want(&self, question: Question) {
        let mut round = self.round.borrow_mut();
        let seen = round.overlay.look((question.id.fact, &question.id.key), Some(&question.reads));
        if matches!(seen, Predicted::Untouched) {
            round.questions.insert(question.id.clone(), question);
        }
    }

    fn identity(&self) -> Identity {
        identity(&self.host)
    }

    fn project(&self) -> &Project {
        &self.fleet.project
    }
}
