//! A host as planning sees it: facts and the project's own files, nothing else.

use std::sync::Arc;

use crate::command::Scope;
use crate::error::Result;
use crate::fact::{Answer, Ask, Fact, Question, QuestionId, key};
use crate::options::SharedContext;
use crate::project::{LocalFile, Project};
use crate::value::Map;

/// Where answers come from.
pub trait Source {
    /// The answer to a question that needs no asking: known, predicted, or given by a test.
    fn known(&self, id: &QuestionId) -> Option<Result<Answer>>;

    /// Asks the host, or notes that it must be asked (`ErrorKind::Pending`).
    fn ask(&self, question: Question) -> Result<Answer>;

    /// What the answer that is held to a question depends on; `None` where none is held.
    fn reads(&self, _id: &QuestionId) -> Option<Vec<Scope>> {
        None
    }

    /// Notes a question that will be asked soon, so that it can go out with others.
    fn want(&self, question: Question);

    /// The host's name, groups and data, for templates.
    fn identity(&self) -> Identity;

    /// The project's own files.
    fn project(&self) -> &Project;

    /// The same as [`known`](Self::known), asked only for telling what will be; `None` where that is of no use, since what an
    /// operation plans is done before the next one is planned.
    fn foreseen(&self, id: &QuestionId) -> Option<Foreseen> {
        Some(self.known(id).map_or(Foreseen::Open, Foreseen::Known))
    }
}

/// What is known of a fact that is asked only for telling what will be.
pub enum Foreseen {
    /// Its answer.
    Known(Result<Answer>),
    /// It must be asked.
    Open,
}

/// Who a host is.
#[derive(Clone, Debug, Default)]
pub struct Identity {
    /// Its name in the inventory.
    pub name: String,
    /// The groups that it is in.
    pub groups: Vec<String>,
    /// Its data, merged.
    pub data: Map,
}

/// A host as an operation's `plan` sees it. Its methods are the only doors to the world.
pub struct Host<'a> {
    source: &'a dyn Source,
    context: SharedContext,
}

impl<'a> Host<'a> {
    /// A host that asks `source`, as the account and in the environment of `context`.
    pub fn new(source: &'a dyn Source, context: SharedContext) -> Self {
        Self { source, context }
    }

    /// The answer to a fact.
    pub fn fact<F: Ask>(&self, fact: &F) -> Result<Arc<F::Output>> {
        match self.source.known(&self.id(fact)) {
            Some(answer) => answer?.value(),
            None => fact.find(self),
        }
    }

    /// Says that a fact will be asked for further down, so that the question goes out with the next
    /// one instead of after it. Costs nothing where the answer is known.
    pub fn want<F: Fact>(&self, fact: &F) {
        if self.source.known(&self.id(fact)).is_none() {
            self.source.want(self.question(fact));
        }
    }

    /// A file of the project, on the controller; relative to the working directory.
    pub fn file(&self, path: &str) -> Result<Arc<LocalFile>> {
        self.source.project().file(path)
    }

    /// The project's own files.
    pub fn project(&self) -> &Project {
        self.source.project()
    }

    /// The host's name, groups and data.
    pub fn identity(&self) -> Identity {
        self.source.identity()
    }

    /// As whom and where commands run.
    pub fn context(&self) -> &SharedContext {
        &self.context
    }

    /// The same host, whatever the directory in which commands run.
    #[must_use]
    pub(crate) fn anywhere(&self) -> Self {
        if self.context.chdir.is_none() {
            return Self { source: self.source, context: Arc::clone(&self.context) };
        }
        let context = crate::options::Context { chdir: None, ..(*self.context).clone() };
        Self { source: self.source, context: Arc::new(context) }
    }

    /// The answer to a fact that only tells what will be once the operation has run; `None` where nobody needs to know.
    pub(crate) fn foreseen<F: Fact>(&self, fact: &F) -> Result<Option<Arc<F::Output>>> {
        match self.source.foreseen(&self.id(fact)) {
            None => Ok(None),
            Some(Foreseen::Known(answer)) => answer?.value().map(Some),
            Some(Foreseen::Open) => self.ask(self.question(fact))?.value().map(Some),
        }
    }

    /// The same for a question that is put in its own way.
    pub(crate) fn want_question(&self, question: Question) {
        if self.source.known(&question.id).is_none() {
            self.source.want(question);
        }
    }

    pub(crate) fn known(&self, id: &QuestionId) -> Option<Result<Answer>> {
        self.source.known(id)
    }

    pub(crate) fn question<F: Fact>(&self, fact: &F) -> Question {
        Question::new(fact, Arc::clone(&self.context))
    }

    pub(crate) fn ask(&self, question: Question) -> Result<Answer> {
        self.source.ask(question)
    }

    fn id<F: Ask>(&self, fact: &F) -> QuestionId {
        QuestionId { fact: F::NAME, key: key(fact), context: Arc::clone(&self.context) }
    }
}
