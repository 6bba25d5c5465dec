//! All hosts of a run, and the ways to them.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::link::Link;
use crate::error::{Error, Result};
use crate::fact::{Answer, Question, QuestionId};
use crate::host::{Identity, Source};
use crate::inventory::HostView;
use crate::project::Project;

/// The ways to all hosts, by name.
pub(crate) struct Fleet {
    pub(crate) links: HashMap<String, Arc<Mutex<Link>>>,
}

/// Takes a host's link; a panic elsewhere does not take it away from others.
pub(crate) fn hold(link: &Mutex<Link>) -> MutexGuard<'_, Link> {
    link.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Another host than the script's own, asked on the spot.
pub(crate) struct OtherHost<'a> {
    pub(crate) view: &'a HostView,
    pub(crate) link: &'a Mutex<Link>,
    pub(crate) project: &'a Project,
}

impl Source for OtherHost<'_> {
    fn known(&self, id: &QuestionId) -> Option<Result<Answer>> {
        hold(self.link).given(id)
    }

    fn ask(&self, question: Question) -> Result<Answer> {
        let exchange = hold(self.link).exchange(&[], vec![question], false)?;
        let answer = exchange.answers.into_iter().next();
        answer.map_or_else(|| Err(Error::failed("the host gave no answer")), |(_, answer)| answer)
    }

    fn want(&self, _question: Question) {}

    fn identity(&self) -> Identity {
        identity(self.view)
    }

    fn project(&self) -> &Project {
        self.project
    }
}

/// A host's name, groups and data.
pub(crate) fn identity(view: &HostView) -> Identity {
    Identity { name: view.name.clone(), groups: view.groups.clone(), data: view.data_here() }
}
