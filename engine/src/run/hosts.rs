//! One host's thread: waits for word, does a stage, reports.

use std::convert::Infallible;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;
use std::sync::mpsc::{Receiver, Sender};
use std::sync::{Arc, Mutex};

use indexmap::IndexMap;

use super::Work_;
use super::ways::{DECISIONS, Ended, Reversed, further, is_same};
use super::work::FactRequest;
use crate::command::scrub;
use crate::error::{Error, ErrorKind};
use crate::execute::fleet::{OtherHost, hold};
use crate::execute::link::Link;
use crate::execute::live::{Live, Stage};
use crate::execute::{Basis, Change, Event, Planned, Record, Status, Stop};
use crate::host::Host;
use crate::place::Problem;
use crate::plan::{FactStore, Prediction, Round};
use crate::script::{
    CallPath, Driver, HostView, Program, Shared, evaluate, evaluate_definitions, evaluation, with,
};

/// More rounds than this mean that the script asks without end.
const ROUNDS: usize = 1000;

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
}

impl Report {
    /// The host could not be asked; nothing is wrong with it where the user ended the run.
    pub(super) fn lost(host: &str, error: Error) -> Self {
        if error.kind == ErrorKind::Interrupted {
            return Self::Done;
        }
        Self::Unreachable(on(host, error))
    }
}

/// What a host's thread works with.
pub(super) struct HostRun {
    pub(super) index: usize,
    pub(super) host: Arc<HostView>,
    pub(super) link: Arc<Mutex<Link>>,
    pub(super) stage: Arc<Stage>,
    pub(super) shared: Arc<Shared>,
    pub(super) wait: Receiver<Go>,
    pub(super) tell: Sender<(usize, Report)>,
}

impl HostRun {
    /// The thread: one stage after the other until the run hangs up.
    pub(super) fn main(self, work: &Work_) {
        let prediction = Prediction::new(&self.host, &self.stage, &self.link);
        let mut planned = Vec::new();
        while let Ok(go) = self.wait.recv() {
            let report = catch_unwind(AssertUnwindSafe(|| match (&go, work) {
                (Go::Facts, Work_::Facts(facts)) => self.facts(&prediction, facts),
                (Go::Check, Work_::Program { program, .. }) => self.check(&prediction, program),
                (Go::Plan, Work_::Program { program, .. }) => {
                    let report = self.plan(&prediction, program);
                    if let Report::Planned { records, .. } = &report {
                        planned.clone_from(records);
                    }
                    report
                }
                (Go::Live, Work_::Program { program, .. }) => {
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
        hold(&self.link).close();
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
            self.stage.listener.event(&Event::Problem(on(&self.host.name, error)));
            self.stage.lockstep.leave(self.index);
            return Report::Done;
        }
        Report::Problems(vec![on(&self.host.name, error)])
    }

    /// Evaluates without asking, for the mistakes that the script alone shows.
    fn check(&self, prediction: &Rc<Prediction>, program: &Program) -> Report {
        let evaluate = |reversed: &Reversed| {
            prediction.begin(reversed);
            self.evaluate(Rc::clone(prediction) as Rc<dyn Driver>, program)
        };
        let ended = evaluate(&Reversed::new());
        if ended.is_ok() {
            return Report::Done;
        }
        let reversed = further((prediction.decisions(), &ended), |reversed| {
            let ended = evaluate(reversed);
            Ok::<_, Infallible>((prediction.decisions(), ended))
        });
        let Ok(reversed) = reversed;
        match evaluate(&reversed) {
            Ok(()) => Report::Done,
            // Who stumbles over a value that is not known yet makes no mistake.
            Err(problems) if problems.iter().all(|it| it.error.kind == ErrorKind::Unknown) => {
                Report::Done
            }
            Err(problems) => Report::Problems(problems),
        }
    }

    /// Connects, asks what the script asks until nothing is open, and tells what it would do.
    fn plan(&self, prediction: &Rc<Prediction>, program: &Program) -> Report {
        prediction.go_online();
        if let Err(error) = hold(&self.link).connect() {
            return Report::lost(&self.host.name, error);
        }
        self.planned(prediction, program).unwrap_or_else(|report| report)
    }

    fn planned(&self, prediction: &Rc<Prediction>, program: &Program) -> Result<Report, Report> {
        let settle = |reversed: &Reversed| self.settle(prediction, program, reversed);
        let (mut base, mut ended) = settle(&Reversed::new())?;
        let reversed = further((base.decisions.len(), &ended), |reversed| {
            settle(reversed).map(|(round, ended)| (round.decisions.len(), ended))
        })?;
        if !reversed.is_empty() {
            (base, ended) = settle(&reversed)?;
        }
        let open = self.ending(ended.clone(), &base)?;
        let mut stops = Vec::new();
        for (index, why) in base.decisions.iter().enumerate().take(DECISIONS) {
            let only = Reversed::from([index]);
            let (other, other_ended) = settle(&(&reversed ^ &only))?;
            let is_stop = other_ended.is_err() && !is_same(&ended, &other_ended);
            join(&mut base.records, other.records, why, is_stop);
            if let Some(problem) = other_ended.err().and_then(|it| it.into_iter().next())
                && is_stop
            {
                let (host, why) = (self.host.name.clone(), Arc::clone(why));
                stops.push(Stop { host, problem, why });
            }
        }
        let basis = prediction.basis(&base.records).map(Box::new);
        let Round { records, messages, touches, .. } = base;
        prediction.store.borrow_mut().plan(touches);
        Ok(Report::Planned { records, open, stops, messages, basis })
    }

    /// Evaluates until no question is open.
    fn settle(
        &self,
        prediction: &Rc<Prediction>,
        program: &Program,
        reversed: &Reversed,
    ) -> Result<(Round, Ended), Report> {
        for _ in 0..ROUNDS {
            if self.stage.interrupt.is_stopped() {
                return Err(Report::Done);
            }
            if let Err(error) = prediction.ask_all() {
                return Err(Report::lost(&self.host.name, error));
            }
            if self.stage.interrupt.is_stopped() {
                return Err(Report::Done);
            }
            prediction.begin(reversed);
            let ended = self.evaluate(Rc::clone(prediction) as Rc<dyn Driver>, program);
            if !prediction.is_open() {
                return Ok((prediction.finish(), ended));
            }
        }
        let error = Error::usage("the script asks for ever new facts")
            .hint("a loop asks a fact with new arguments each time");
        Err(Report::Problems(vec![on(&self.host.name, error)]))
    }

    /// What an evaluation's end means for the plan: nothing, an open end, or mistakes.
    fn ending(&self, ended: Ended, round: &Round) -> Result<Option<Box<Problem>>, Report> {
        let Err(problems) = ended else { return Ok(None) };
        let usage = problems.iter().any(|it| it.error.kind == ErrorKind::Usage);
        // A script that stumbles over a value that is not known yet is no wrong script.
        if usage && !round.met_unknown {
            return Err(Report::Problems(problems.into_iter().map(|it| self.named(it)).collect()));
        }
        Ok(problems.into_iter().next().map(Box::new))
    }

    fn named(&self, mut problem: Problem) -> Problem {
        problem.host = Some(self.host.name.clone());
        problem
    }

    fn evaluate(&self, driver: Rc<dyn Driver>, program: &Program) -> Ended {
        let it = evaluation(driver, &self.host, &self.stage.inventory, &self.shared);
        evaluate(&it, program)
    }

    /// Runs the script, then tells what it did not come to.
    fn live(&self, program: &Program, store: FactStore, planned: &[(CallPath, Planned)]) -> Report {
        let live = Live::new(self.index, &self.host, &self.link, &self.stage, store);
        let mut ended = self.evaluate(Rc::clone(&live) as Rc<dyn Driver>, program);
        let why = ended.as_ref().err().and_then(|problems| Some(problems.first()?.error.kind));
        if let Err(error) = live.end(why) {
            ended = Err(vec![Problem::new(error)]);
        }
        match ended {
            Ok(()) => {
                self.stage.listener.event(&Event::HostEnd { host: self.host.name.clone() });
            }
            Err(problems) => self.end_early(&live, problems, planned),
        }
        // The others wait until it is told, so that a mistake on many hosts is told of all of them at once.
        self.stage.lockstep.leave(self.index);
        Report::Done
    }

    fn end_early(&self, live: &Live, problems: Vec<Problem>, planned: &[(CallPath, Planned)]) {
        for problem in problems {
            match problem.error.kind {
                ErrorKind::Interrupted => {}
                ErrorKind::Unreachable => {
                    let problem = self.named(problem);
                    let host = self.host.name.clone();
                    self.stage.listener.event(&Event::Unreachable { host, problem });
                }
                // The operation's own record has told it.
                ErrorKind::Failed if live.failed.get() => {}
                kind => {
                    let mut problem = self.named(problem);
                    if kind == ErrorKind::Unknown {
                        // In the run that is only what an earlier try has not kept.
                        let hint = "run it anew without `--resume`";
                        problem.error.hint.get_or_insert_with(|| hint.to_owned());
                    }
                    self.stage.listener.event(&Event::Problem(problem));
                }
            }
        }
        self.not_run(planned, live.reached.borrow().as_ref());
    }

    /// Tells which planned operations the host did not come to: those behind the furthest that it came to.
    fn not_run(&self, planned: &[(CallPath, Planned)], furthest: Option<&CallPath>) {
        for (_, record) in planned.iter().filter(|(path, _)| furthest.is_none_or(|it| path > it)) {
            self.stage.listener.event(&Event::Result(not_run(record)));
        }
    }

    /// Asks facts, and tells each. Facts that scripts define are answered within an evaluation.
    fn facts(&self, prediction: &Rc<Prediction>, facts: &[FactRequest]) -> Report {
        let driver = Rc::clone(prediction) as Rc<dyn Driver>;
        let it = evaluation(driver, &self.host, &self.stage.inventory, &self.shared);
        let defined = with(&it, || evaluate_definitions(&it));
        if let Err(problems) = defined {
            return Report::Problems(problems);
        }
        with(&it, || self.ask(facts))
    }

    fn ask(&self, facts: &[FactRequest]) -> Report {
        let connected = hold(&self.link).connect();
        for fact in facts {
            let value = connected.clone().and_then(|()| {
                let source =
                    OtherHost { view: &self.host, link: &self.link, project: &self.shared.project };
                let globals = crate::options::merge(fact.globals.clone(), &self.host.globals());
                let globals = crate::options::merge(globals, &self.shared.globals);
                let globals = crate::options::GlobalArgs::read_map(globals)
                    .map_err(|errors| errors.into_iter().next().unwrap_or_else(Error::pending))?;
                let host = Host::new(&source, Arc::new(globals.context()));
                fact.fact.answer(&host).map(|answer| scrubbed(answer.to_json()))
            });
            self.stage.listener.event(&Event::FactValue {
                fact: fact.name.clone(),
                arguments: fact.arguments_json(),
                host: self.host.name.clone(),
                value: value.map_err(|error| on(&self.host.name, error)),
            });
        }
        match connected {
            Ok(()) => Report::Done,
            Err(error) => {
                let problem = on(&self.host.name, error);
                let host = self.host.name.clone();
                self.stage.listener.event(&Event::Unreachable { host, problem });
                Report::Done
            }
        }
    }
}

/// A fact's value with secrets hidden.
fn scrubbed(value: serde_json::Value) -> serde_json::Value {
    use serde_json::Value as Json;
    match value {
        Json::String(text) => Json::String(scrub(&text).into_owned()),
        Json::Array(items) => Json::Array(items.into_iter().map(scrubbed).collect()),
        Json::Object(map) => {
            Json::Object(map.into_iter().map(|(key, it)| (key, scrubbed(it))).collect())
        }
        other => other,
    }
}

fn on(host: &str, error: Error) -> Problem {
    let mut problem = Problem::new(error);
    problem.host = Some(host.to_owned());
    problem
}

/// Joins what the plan says where a decision goes the other way: what is the same both ways stays, the
/// rest depends on the decision. Where the other way only ends the script, nothing of what the plan says else does.
fn join(
    base: &mut Vec<(CallPath, Planned)>,
    other: Vec<(CallPath, Planned)>,
    why: &str,
    is_stop: bool,
) {
    let mut others: IndexMap<CallPath, Planned> = other.into_iter().collect();
    for (path, record) in base.iter_mut() {
        let same = others.shift_remove(path).map(|it| it.change == record.change);
        if !same.unwrap_or(is_stop)
            && matches!(record.change, Change::Change | Change::None | Change::Fail)
        {
            depend(record, why);
        }
    }
    for (path, mut record) in others {
        depend(&mut record, why);
        base.push((path, record));
    }
    base.sort_by(|a, b| a.0.cmp(&b.0));
}

fn depend(record: &mut Planned, why: &str) {
    record.change = Change::Unknown;
    record.note = Some(format!("depends on a value that is {why}"));
}

fn not_run(planned: &Planned) -> Record {
    Record {
        subject: Arc::clone(&planned.subject),
        host: planned.host.clone(),
        status: Status::NotRun,
        commands: Vec::new(),
        stdout: String::new(),
        stderr: String::new(),
        code: None,
        seconds: 0.0,
        diff: Vec::new(),
        error: None,
        failed_command: None,
        note: None,
        caught: false,
        key: None,
        once: planned.once,
    }
}
