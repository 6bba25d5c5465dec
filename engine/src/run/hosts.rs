//! One host's thread: waits for word, does a stage, reports.

mod acting;
mod asking;
mod planning;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;
use std::sync::mpsc::{Receiver, Sender};
use std::sync::{Arc, Mutex};

use super::Prepared;
use crate::error::{Error, ErrorKind};
use crate::event::{Basis, Event, Planned, Stop};
use crate::execute::live::Conduct;
use crate::fleet::{Fleet, hold};
use crate::inventory::HostView;
use crate::link::Link;
use crate::place::Problem;
use crate::plan::{Ended, Prediction};
use crate::script::{CallPath, Driver, Program, Shared, evaluate, evaluation};

/// The word that a host's thread waits for.
#[derive(Clone, Debug)]
pub(super) enum Go {
    /// Evaluate without asking the host.
    Check,
    /// Connect and plan.
    Plan,
    /// Run.
    Live,
    /// The run is over before it has come to this host.
    NotRun,
    /// Answer facts.
    Facts,
}

/// What a host's thread has to say.
#[derive(Debug)]
pub(super) enum Report {
    /// The stage is done.
    Done,
    /// Mistakes were found.
    Problems(Vec<Problem>),
    /// The host is planned.
    Planned {
        records: Vec<(CallPath, Planned)>,
        open: Option<Box<Problem>>,
        stops: Vec<Stop>,
        messages: Vec<(String, bool)>,
        basis: Option<Box<Basis>>,
    },
    /// The host cannot be reached.
    Unreachable(Problem),
    /// The host was reached, but does not let us do what is to be done: become an account.
    Failed(Problem),
}

impl Report {
    /// The host could not be asked; nothing is wrong with it where the user ended the run.
    pub(super) fn lost(host: &str, error: Error) -> Self {
        match error.kind {
            ErrorKind::Interrupted => Self::Done,
            ErrorKind::Unreachable => Self::Unreachable(on(host, error)),
            _ => Self::Failed(on(host, error)),
        }
    }
}

/// What a host's thread works with.
pub(super) struct HostRun {
    pub(super) index: usize,
    pub(super) host: Arc<HostView>,
    pub(super) link: Arc<Mutex<Link>>,
    pub(super) fleet: Arc<Fleet>,
    pub(super) conduct: Arc<Conduct>,
    pub(super) shared: Arc<Shared>,
    pub(super) wait: Receiver<Go>,
    pub(super) tell: Sender<(usize, Report)>,
}

impl HostRun {
    /// The thread: one stage after the other until the run hangs up.
    pub(super) fn main(self, prepared: &Prepared) {
        let prediction = Prediction::new(&self.host, &self.fleet, &self.link);
        let mut planned = Vec::new();
        while let Ok(go) = self.wait.recv() {
            let report = catch_unwind(AssertUnwindSafe(|| match (&go, prepared) {
                (Go::Facts, Prepared::Facts(facts)) => self.facts(&prediction, facts),
                (Go::Check, Prepared::Program { program, .. }) => self.check(&prediction, program),
                (Go::Plan, Prepared::Program { program, .. }) => {
                    let report = self.plan(&prediction, program);
                    if let Report::Planned { records, .. } = &report {
                        planned.clone_from(records);
                    }
                    report
                }
                (Go::Live, Prepared::Program { program, .. }) => {
                    let store = prediction.store.take();
                    self.live(program, store, &planned)
                }
                (Go::NotRun, _) => {
                    self.not_run(&planned, None);
                    Report::Done
                }
                _ => Report::Done,
            }));
            let report = report.unwrap_or_else(|panic| self.panicked(&go, &*panic));
            if self.tell.send((self.index, report)).is_err() {
                break;
            }
        }
        hold(&self.link).end();
    }

    /// A panic is a defect of ours: it ends this host's part, with a clear record, and no other's.
    fn panicked(&self, go: &Go, panic: &(dyn std::any::Any + Send)) -> Report {
        let what = panic
            .downcast_ref::<String>()
            .map(String::as_str)
            .or_else(|| panic.downcast_ref::<&str>().copied())
            .unwrap_or("unknown");
        let error = Error::failed(format!("infra failed on this host: {what}"))
            .hint("this is a defect of infra; please report it");
        if matches!(go, Go::Live) {
            self.fleet.listener.event(&Event::Problem(on(&self.host.name, error)));
            self.conduct.lockstep.leave(self.index);
            return Report::Done;
        }
        Report::Problems(vec![on(&self.host.name, error)])
    }

    fn named(&self, mut problem: Problem) -> Problem {
        problem.host = Some(self.host.name.clone());
        problem
    }

    fn evaluate(&self, driver: Rc<dyn Driver>, program: &Program) -> Ended {
        let it = evaluation(driver, &self.host, &self.fleet.inventory, &self.shared);
        evaluate(&it, program)
    }
}

/// The error as a problem on a host.
fn on(host: &str, error: Error) -> Problem {
    let mut problem = Problem::new(error);
    problem.host = Some(host.to_owned());
    problem
}
