//! What an earlier try of the same run has done: operations that a resumed run does not do again.
//!
//! An operation is known again by what it says (name, arguments, account, the content of project files that it
//! names), not by its line, so that the script may be mended in between. Equal calls are told apart by
//! their number.

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::Arc;

use crate::event::Status;
use crate::fingerprint::Salt;
use crate::project::Project;
use crate::script::{Call, Settled};

/// The mask of secrets: output that has it cannot be given to a script as what was printed.
const MASK: &str = "***";

/// Operations that earlier tries of a run have done.
#[derive(Clone, Debug, Default)]
pub struct Earlier {
    hosts: HashMap<(String, String), DoneOperation>,
    once: HashMap<String, DoneOperation>,
}

/// How an operation went that need not be done again.
#[derive(Clone, Debug)]
pub struct DoneOperation {
    /// How it ended.
    pub status: Status,
    /// What it printed, secrets hidden.
    pub stdout: String,
    /// What it complained about, secrets hidden.
    pub stderr: String,
    /// The exit code of its last command.
    pub code: Option<i64>,
}

impl Earlier {
    /// Adds an operation that a host is done with; one that ran `once` counts for all hosts.
    pub fn add(&mut self, host: &str, key: &str, once: bool, done: DoneOperation) {
        if once && done.status != Status::Skipped {
            self.once.insert(key.to_owned(), done.clone());
        }
        self.hosts.insert((host.to_owned(), key.to_owned()), done);
    }

    /// Whether nothing is done.
    pub fn is_empty(&self) -> bool {
        self.hosts.is_empty()
    }

    /// What is left to be given to the script of a call that need not be done again. What it printed is lost where a
    /// secret was in it; it is not run again for that, as it may not be made for being run twice.
    pub(crate) fn find(&self, host: &str, key: &str, label: &str) -> Option<Settled> {
        let done =
            self.once.get(key).or_else(|| self.hosts.get(&(host.to_owned(), key.to_owned())))?;
        let is_masked = done.stdout.contains(MASK) || done.stderr.contains(MASK);
        Some(Settled {
            status: Some(done.status),
            changed: done.status == Status::Changed,
            stdout: done.stdout.clone(),
            stderr: done.stderr.clone(),
            code: done.code.and_then(|code| i32::try_from(code).ok()),
            planned: is_masked.then(|| {
                format!("what `{label}` printed held a secret, and was not kept for `--resume`")
                    .into()
            }),
            ..Settled::default()
        })
    }
}

/// Gives the calls of one evaluation their keys.
#[derive(Debug, Default)]
pub(crate) struct Keys {
    salt: Option<Salt>,
    seen: RefCell<HashMap<String, usize>>,
}

impl Keys {
    /// Keys with this salt; none where nobody asks for them.
    pub(crate) fn new(salt: Option<&Salt>) -> Self {
        Self { salt: salt.cloned(), seen: RefCell::default() }
    }

    /// Another evaluation begins.
    pub(crate) fn begin(&self) {
        self.seen.borrow_mut().clear();
    }

    /// The key of the next call.
    pub(crate) fn of(&self, call: &Call, project: &Project) -> Option<Arc<str>> {
        let mut sum = self.salt.as_ref()?.sum();
        sum.text(&call.subject.operation);
        for (name, value) in &call.arguments {
            sum.text(name);
            sum.value(value, project);
        }
        sum.context(&call.globals.context());
        let key = sum.end();
        let mut seen = self.seen.borrow_mut();
        let number = seen.entry(key.clone()).or_default();
        *number += 1;
        Some(format!("{key}-{number}").into())
    }
}
