//! What all hosts of a run share: the engine, the scripts as they were read, and what is done once for all.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use rhai::Engine;

use super::engine;
use super::path::CallPath;
use super::sources::{Script, Sources, definition_files, find_script};
use crate::error::Result;
use crate::event::{Event, Listener};
use crate::place::Problem;
use crate::project::Project;
use crate::value::{Map, Value};

/// What all hosts of a run share.
pub(crate) struct Shared {
    pub(crate) engine: Engine,
    pub(crate) sources: Sources,
    pub(crate) project: Arc<Project>,
    /// Global arguments of the whole run: configuration and command line.
    pub(crate) globals: Map,
    pub(crate) listener: Arc<dyn Listener>,
    once: Mutex<HashMap<(CallPath, String), Once>>,
    /// Scripts that define operations and facts, evaluated before everything else.
    pub(super) definitions: OnceLock<Vec<Script>>,
}

/// What is done once per run, and what came of it.
type Once = Arc<OnceLock<Result<Value>>>;

impl Shared {
    /// What a run shares.
    pub(crate) fn new(project: Arc<Project>, globals: Map, listener: Arc<dyn Listener>) -> Self {
        Self {
            engine: engine::for_deploys(),
            sources: Sources::default(),
            project,
            globals,
            listener,
            once: Mutex::default(),
            definitions: OnceLock::new(),
        }
    }

    /// Reads the scripts that define operations and facts.
    pub(crate) fn load_definitions(&self) -> Result<(), Vec<Problem>> {
        let files = definition_files(self.project.folders());
        let loaded = files.iter().map(|file| self.sources.load(&self.engine, file));
        let loaded: Result<Vec<Script>, Problem> = loaded.collect();
        let _ = self.definitions.set(loaded.map_err(|problem| vec![problem])?);
        Ok(())
    }

    /// Runs `work` the first time that a place is come to, on whichever host that is, and gives its
    /// value every time.
    pub(super) fn once(
        &self,
        path: CallPath,
        what: &str,
        work: impl FnOnce() -> Result<Value>,
    ) -> Result<Value> {
        let cell = {
            let mut known = self.once.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(known.entry((path, what.to_owned())).or_default())
        };
        cell.get_or_init(work).clone()
    }

    /// Says something for the whole run.
    pub(super) fn say(&self, text: &str, warning: bool) {
        let text = crate::command::scrub(text).into_owned();
        self.listener.event(&Event::Message { host: None, text, warning });
    }

    /// Asks the user; `None` where nobody can answer.
    pub(super) fn ask(&self, question: &str) -> Option<String> {
        self.listener.ask(question, false)
    }

    /// Where a script is that another one names.
    pub(crate) fn find_script(&self, path: &str, from: &str) -> Option<PathBuf> {
        find_script(&self.project, path, from)
    }
}
