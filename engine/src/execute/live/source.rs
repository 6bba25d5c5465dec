//! Facts as the operations of a live run ask for them: from the store, else from the host.

use super::Live;
use crate::command::Scope;
use crate::error::{Error, Result};
use crate::fact::{Answer, Question, QuestionId};
use crate::fleet::identity;
use crate::host::{Foreseen, Identity, Source};
use crate::project::Project;

impl Source for Live {
    fn known(&self, id: &QuestionId) -> Option<Result<Answer>> {
        let store = self.store.borrow();
        store.get(id).map(|(answer, _)| answer.clone())
    }

    fn reads(&self, id: &QuestionId) -> Option<Vec<Scope>> {
        self.store.borrow().get(id).map(|(_, reads)| reads.to_vec())
    }

    fn ask(&self, question: Question) -> Result<Answer> {
        let id = question.id.clone();
        self.flush(vec![question])?;
        self.known(&id).unwrap_or_else(|| Err(Error::failed("the host gave no answer")))
    }

    fn want(&self, question: Question) {
        self.along.borrow_mut().push((question, self.tick.get()));
    }

    fn identity(&self) -> Identity {
        identity(&self.host)
    }

    fn project(&self) -> &Project {
        &self.fleet.project
    }

    fn foreseen(&self, _id: &QuestionId) -> Option<Foreseen> {
        None
    }
}
