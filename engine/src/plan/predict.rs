//! The script evaluated for one host against facts and the predicted effects of its own operations.
//!
//! The script is evaluated again and again: each time it goes on as far as the facts reach and collects
//! the questions that it meets on the way; these are asked together, until none is left. That costs a
//! few dozen microseconds a time, and one exchange a round.

mod basis;
mod source;

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::{Arc, Mutex};

use indexmap::IndexMap;

use super::Reversed;
use crate::command::{Commands, Effect, Scope, scrub};
use crate::conditions::{Gate, gate};
use crate::earlier::Keys;
use crate::error::{Error, ErrorKind, Result};
use crate::event::{Change, Planned, Status, Subject};
use crate::fact::{Answer, AnyFact, Question, QuestionId};
use crate::fleet::{Fleet, hold};
use crate::host::{Host, Source};
use crate::inventory::HostView;
use crate::known::{FactStore, Overlay, until};
use crate::link::Link;
use crate::options::GlobalArgs;
use crate::script::{Call, CallPath, Driver, OpResult, Settled};
use crate::value::{Map, Value};

/// A predicted evaluation of one host's script.
pub(crate) struct Prediction {
    host: Arc<HostView>,
    fleet: Arc<Fleet>,
    link: Arc<Mutex<Link>>,
    pub(crate) store: RefCell<FactStore>,
    round: RefCell<Round>,
    /// Whether hosts may be asked: not before the script's own mistakes are found.
    online: Cell<bool>,
    /// Which of the decisions by unknown values go the other way.
    reversed: RefCell<Reversed>,
    /// What a fake host was asked and had an answer to.
    given: RefCell<IndexMap<String, String>>,
    keys: Keys,
}

/// What one evaluation found.
#[derive(Default)]
pub(crate) struct Round {
    overlay: Overlay,
    /// The operations, in the order of their calls.
    pub(crate) records: Vec<(CallPath, Planned)>,
    /// What must be asked before the next evaluation.
    questions: IndexMap<QuestionId, Question>,
    /// Something could not be answered for want of a connection.
    blocked: bool,
    /// Why decisions were open, in the order in which they were met.
    pub(crate) decisions: Vec<Arc<str>>,
    /// Whether the script was given a value that is not known yet.
    pub(crate) met_unknown: bool,
    /// What the script said.
    pub(crate) messages: Vec<(String, bool)>,
    /// The number of the present call of an operation or a fact.
    tick: usize,
    /// What the calls touch that change something, or may; by their numbers.
    pub(crate) touches: Vec<(usize, Vec<Scope>)>,
}

impl Prediction {
    pub(crate) fn new(
        host: &Arc<HostView>,
        fleet: &Arc<Fleet>,
        link: &Arc<Mutex<Link>>,
    ) -> Rc<Self> {
        Rc::new(Self {
            host: Arc::clone(host),
            fleet: Arc::clone(fleet),
            link: Arc::clone(link),
            store: RefCell::default(),
            round: RefCell::default(),
            online: Cell::new(false),
            reversed: RefCell::default(),
            given: RefCell::default(),
            keys: Keys::new(fleet.salt.as_ref().filter(|_| !fleet.earlier.is_empty())),
        })
    }

    /// Hosts may be asked from now on.
    pub(crate) fn go_online(&self) {
        self.online.set(true);
    }

    /// Begins another evaluation; `reversed` decide the other way.
    pub(crate) fn begin(&self, reversed: &Reversed) {
        let before = self.round.take();
        // What was asked for and not yet answered stays asked for.
        *self.round.borrow_mut() = Round {
            questions: before.questions,
            overlay: Overlay::new(self.store.borrow().aliases()),
            ..Round::default()
        };
        self.reversed.borrow_mut().clone_from(reversed);
        self.keys.begin();
    }

    /// How many decisions by unknown values this evaluation has met.
    pub(crate) fn decisions(&self) -> usize {
        self.round.borrow().decisions.len()
    }

    /// What the last evaluation found.
    pub(crate) fn finish(&self) -> Round {
        self.round.take()
    }

    /// Whether the last evaluation met questions.
    pub(crate) fn is_open(&self) -> bool {
        let round = self.round.borrow();
        !round.questions.is_empty() || round.blocked
    }

    /// Asks what the last evaluations met; false where there was nothing to ask.
    pub(crate) fn ask_all(&self) -> Result<bool> {
        let questions = std::mem::take(&mut self.round.borrow_mut().questions);
        let blocked = std::mem::take(&mut self.round.borrow_mut().blocked);
        if questions.is_empty() {
            return Ok(blocked);
        }
        let questions = self.store.borrow().with_parents(questions.into_values().collect());
        let exchange = hold(&self.link).exchange(&[], questions, false)?;
        let mut store = self.store.borrow_mut();
        for (question, answer) in exchange.answers {
            store.put(question, answer);
        }
        Ok(true)
    }

    fn plan(&self, call: &Call) -> Result<(Gate, Commands)> {
        let context = Arc::new(call.globals.context());
        let host = Host::new(self, context);
        match gate(&call.globals, &host) {
            Ok(Gate::Open) => Ok((Gate::Open, call.operation.plan(&host)?)),
            Ok(closed) => Ok((closed, Commands::default())),
            Err(error) if error.kind == ErrorKind::Pending => {
                // What the operation itself asks can go out with what its guards ask.
                let _ = call.operation.plan(&host);
                Err(error)
            }
            Err(error) => Err(error),
        }
    }

    fn record(&self, call: &Call, change: Change, commands: &Commands, note: Option<String>) {
        let planned = Planned {
            subject: Arc::clone(&call.subject),
            host: self.host.name.clone(),
            change,
            commands: commands.shown(),
            diff: commands.diff.clone(),
            note: note.map(|it| scrub(&it).into_owned()),
            once: call.globals.run_once.unwrap_or(false),
            sum: self.sum(change, commands),
        };
        self.round.borrow_mut().records.push((call.path.clone(), planned));
    }
}

impl Prediction {
    /// The result of an operation that the resumed run has done already.
    fn done_before(&self, call: &mut Call) -> Option<OpResult> {
        call.key = self.keys.of(call, &self.fleet.project);
        let label = &call.subject.label;
        let done = self.fleet.earlier.find(&self.host.name, call.key.as_deref()?, label)?;
        let note = Some("done by the run that is resumed".to_owned());
        self.record(call, Change::Skip, &Commands::default(), note);
        Some(known(&call.subject, done))
    }
}

fn known(subject: &Arc<Subject>, settled: Settled) -> OpResult {
    OpResult::settled(Arc::clone(subject), settled)
}

impl Driver for Prediction {
    fn is_interrupted(&self) -> bool {
        self.fleet.interrupt.is_stopped()
    }

    fn operation(&self, mut call: Call) -> Result<OpResult> {
        self.round.borrow_mut().tick += 1;
        if let Some(result) = self.done_before(&mut call) {
            return Ok(result);
        }
        let subject = &call.subject;
        match self.plan(&call) {
            Ok((Gate::Closed(why), _)) => {
                self.record(&call, Change::Skip, &Commands::default(), Some(why));
                let status = Some(Status::Skipped);
                Ok(known(subject, Settled { status, ..Settled::default() }))
            }
            Ok((Gate::Open, commands)) if commands.is_empty() => {
                self.record(&call, Change::None, &commands, commands.note.clone());
                let status = Some(Status::Ok);
                Ok(known(subject, Settled { status, ..Settled::default() }))
            }
            Ok((Gate::Open, commands)) => {
                self.record(&call, Change::Change, &commands, commands.note.clone());
                let label = &subject.label;
                let settled = Settled {
                    changed: true,
                    commands: commands.shown(),
                    diff: commands.diff.clone(),
                    planned: Some(until(label)),
                    ..Settled::default()
                };
                let why = until(label);
                let mut touches = call.operation.touches();
                touches.extend(commands.also);
                self.touch(touches, why, commands.effects);
                Ok(known(subject, settled))
            }
            Err(error) if error.kind == ErrorKind::Pending => {
                Ok(OpResult::owed(Arc::clone(subject)))
            }
            Err(error) if error.kind == ErrorKind::Unknown => {
                let is_told = error.message.starts_with("unknown");
                let before = if is_told { "" } else { "not known yet: " };
                let note = format!("{before}{}", error.message);
                self.record(&call, Change::Unknown, &Commands::default(), Some(note));
                let why = until(&subject.label);
                self.touch(call.operation.touches(), why, Vec::new());
                let unknown = Some(until(&subject.label));
                Ok(known(subject, Settled { unknown, ..Settled::default() }))
            }
            Err(error) if error.kind == ErrorKind::Failed => self.fails(&call, error),
            Err(error) => Err(error),
        }
    }

    fn fact(&self, fact: &dyn AnyFact, globals: &GlobalArgs, host: Option<&str>) -> Result<Value> {
        self.round.borrow_mut().tick += 1;
        let context = Arc::new(globals.context());
        let answer = match host {
            None => fact.answer(&Host::new(self, context)),
            Some(name) => self.ask_other(name, fact, context),
        };
        match answer {
            Ok(answer) => Ok(Value::from(answer.to_json())),
            Err(error) if error.kind == ErrorKind::Unknown => {
                Ok(Value::Unknown(error.message.into()))
            }
            Err(error) => Err(error),
        }
    }

    fn run(&self, command: &str, _globals: &GlobalArgs) -> Result<Value> {
        let why = until(&scrub(command));
        let mut round = self.round.borrow_mut();
        let touches = vec![Scope::Anything];
        round.overlay.apply(touches, Arc::clone(&why), vec![]);
        Ok(Value::Unknown(why))
    }

    fn settle(&self, _result: &OpResult) -> Result<()> {
        Err(Error::pending())
    }

    fn decide(&self, why: &Arc<str>) -> Result<bool> {
        let mut round = self.round.borrow_mut();
        let index = round.decisions.len();
        round.decisions.push(Arc::clone(why));
        Ok(!self.reversed.borrow().contains(&index))
    }

    fn log(&self, text: &str, warning: bool) -> Result<()> {
        self.round.borrow_mut().messages.push((text.to_owned(), warning));
        Ok(())
    }

    fn observe(&self) -> Result<()> {
        Ok(())
    }

    fn source(&self) -> &dyn Source {
        self
    }

    fn met_unknown(&self) {
        self.round.borrow_mut().met_unknown = true;
    }

    /// Each host is planned as if the others had to say the same.
    fn gather(&self, _path: &CallPath, value: Value) -> Result<Map> {
        Ok(self.fleet.selected.iter().map(|name| (name.clone(), value.clone())).collect())
    }
}

impl Prediction {
    /// Notes what the present call touches, and what is known of it then.
    fn touch(&self, touches: Vec<Scope>, why: Arc<str>, effects: Vec<Effect>) {
        let mut round = self.round.borrow_mut();
        let tick = round.tick;
        let all = round.overlay.apply(touches, why, effects);
        round.touches.push((tick, all));
    }

    /// The operation fails as the host is now: shown, and nothing after it is planned, unless its errors
    /// do not matter.
    fn fails(&self, call: &Call, error: Error) -> Result<OpResult> {
        if !self.is_open() {
            let note = match &error.hint {
                Some(hint) => format!("{} ({hint})", error.message),
                None => error.message.clone(),
            };
            self.record(call, Change::Fail, &Commands::default(), Some(note));
        }
        if call.globals.ignore_errors.unwrap_or(false) {
            let status = Some(Status::Ignored);
            return Ok(known(&call.subject, Settled { status, ..Settled::default() }));
        }
        Err(error)
    }

    fn ask_other(
        &self,
        name: &str,
        fact: &dyn AnyFact,
        context: Arc<crate::options::Context>,
    ) -> Result<Answer> {
        if !self.online.get() {
            self.round.borrow_mut().blocked = true;
            return Err(Error::pending());
        }
        fact.answer(&Host::new(&self.fleet.other(name)?, context))
    }
}
