//! The script evaluated for one host, each operation taking effect where it is called.
//!
//! An operation is planned from facts that are still true and its commands are sent. What it touches is
//! forgotten; of that, what later operations will ask according to the plan is asked again in the same
//! exchange. Where nobody waits for this host (one host, `--no-wait`), operations that do not depend on
//! each other are owed and go out together, at the latest when the script looks at something.

mod advice;
mod call;
mod conclude;
mod driver;
mod sending;
mod source;
mod tries;
mod turns;

use sending::Owed;

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::lockstep::{Lockstep, Pace};
use crate::earlier::Keys;
use crate::event::Record;
use crate::fact::Question;
use crate::fleet::Fleet;
use crate::inventory::HostView;
use crate::known::FactStore;
use crate::link::Link;
use crate::script::CallPath;

/// How hosts go through a live run.
pub(crate) struct Conduct {
    pub(crate) lockstep: Arc<Lockstep>,
    pub(crate) pace: Pace,
    /// Hosts at a time, for operations that do not say; 0 means all.
    pub(crate) at_a_time: usize,
    /// Tries after a failed one, for operations that do not say.
    pub(crate) retries: u32,
    pub(crate) retry_delay: Duration,
    /// What commands print is passed on as it comes: `exec`.
    pub(crate) stream: bool,
}

/// A live evaluation of one host's script.
pub(crate) struct Live {
    index: usize,
    host: Arc<HostView>,
    link: Arc<Mutex<Link>>,
    fleet: Arc<Fleet>,
    conduct: Arc<Conduct>,
    store: RefCell<FactStore>,
    owed: RefCell<Vec<Owed>>,
    /// Questions that the next exchange takes along: wanted soon, or asked again by later calls.
    along: RefCell<Vec<(Question, usize)>>,
    /// The number of the present call of an operation or a fact: the plan has counted the same.
    tick: Cell<usize>,
    /// The furthest call that was come to, for telling what never ran.
    pub(crate) reached: RefCell<Option<CallPath>>,
    /// An operation failed, and was reported.
    pub(crate) failed: Cell<bool>,
    /// The record of an operation's first commands, while it is planned what comes after them.
    first_part: RefCell<Option<Record>>,
    /// What failed, and what it complained about.
    failure: RefCell<Option<String>>,
    /// How many attempts are under way.
    attempts: Cell<usize>,
    keys: Keys,
    /// The record of an operation that went well, while it is not yet known whether that is enough.
    held: RefCell<Option<Record>>,
}

impl Live {
    pub(crate) fn new(
        index: usize,
        host: &Arc<HostView>,
        link: &Arc<Mutex<Link>>,
        fleet: &Arc<Fleet>,
        conduct: &Arc<Conduct>,
        store: FactStore,
    ) -> Rc<Self> {
        Rc::new(Self {
            index,
            host: Arc::clone(host),
            link: Arc::clone(link),
            fleet: Arc::clone(fleet),
            conduct: Arc::clone(conduct),
            store: RefCell::new(store),
            owed: RefCell::default(),
            along: RefCell::default(),
            tick: Cell::default(),
            reached: RefCell::default(),
            failed: Cell::default(),
            first_part: RefCell::default(),
            failure: RefCell::default(),
            attempts: Cell::default(),
            keys: Keys::new(fleet.salt.as_ref()),
            held: RefCell::default(),
        })
    }

    fn next_tick(&self) {
        self.tick.set(self.tick.get() + 1);
    }
}
