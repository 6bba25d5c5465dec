//! The hosts of a run, and what the run holds for all of them: its plan and its live part alike.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::earlier::Earlier;
use crate::error::{Error, Result};
use crate::event::Listener;
use crate::fact::{Answer, Question, QuestionId};
use crate::fingerprint::Salt;
use crate::host::{Identity, Source};
use crate::interrupt::Interrupt;
use crate::inventory::{HostView, InventoryView};
use crate::link::Link;
use crate::project::Project;

/// The hosts of a run, and what they share.
pub(crate) struct Fleet {
    pub(crate) inventory: Arc<InventoryView>,
    /// The hosts that the run is on, in inventory order.
    pub(crate) selected: Vec<String>,
    /// The ways to all hosts, by name: those that the run is not on can be asked too.
    pub(crate) links: HashMap<String, Arc<Mutex<Link>>>,
    pub(crate) project: Arc<Project>,
    pub(crate) listener: Arc<dyn Listener>,
    pub(crate) interrupt: Interrupt,
    /// With what sums of operations and facts are made.
    pub(crate) salt: Option<Salt>,
    /// Whether plans come with what they were made from.
    pub(crate) keep_basis: bool,
    /// What an earlier try of the run has done.
    pub(crate) earlier: Arc<Earlier>,
}

impl Fleet {
    /// The way to a host of the inventory.
    pub(crate) fn link(&self, name: &str) -> &Arc<Mutex<Link>> {
        self.links.get(name).expect("every host has a link")
    }

    /// A host by its name, which a script gives.
    pub(crate) fn other(&self, name: &str) -> Result<AskedDirectly<'_>> {
        let view = self.inventory.host(name)?;
        let link = self.link(name);
        Ok(AskedDirectly { view, link, project: &self.project })
    }
}

/// Takes a host's link; a panic elsewhere does not take it away from others.
pub(crate) fn hold(link: &Mutex<Link>) -> MutexGuard<'_, Link> {
    link.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A host that is asked on the spot, whatever is known of it: another one than the script's own, or without a script.
pub(crate) struct AskedDirectly<'a> {
    pub(crate) view: &'a HostView,
    pub(crate) link: &'a Mutex<Link>,
    pub(crate) project: &'a Project,
}

impl Source for AskedDirectly<'_> {
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
