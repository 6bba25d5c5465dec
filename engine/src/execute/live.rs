//! The script evaluated for one host, each operation taking effect where it is called.
//!
//! An operation is planned from facts that are still true and its commands are sent. What it touches is
//! forgotten; of that, what later operations will ask according to the plan is asked again in the same
//! exchange. Where nobody waits for this host (one host, `--no-wait`), operations that do not depend on
//! each other are owed and go out together, at the latest when the script looks at something.

mod call;

use std::cell::{Cell, RefCell};
use std::collections::HashSet;
use std::rc::Rc;
use std::sync::{Arc, Mutex};
use std::thread::sleep;
use std::time::{Duration, Instant};

use super::conditions::{Gate, gate, holds};
use super::earlier::{Earlier, Keys};
use super::fleet::{Fleet, OtherHost, hold, identity};
use super::link::{Done, Link, Work};
use super::lockstep::{Lockstep, Pace, Spread, Turn};
use super::{Event, Interrupt, Listener, Output, Record, Status, Subject};
use crate::command::{Command, Commands, Scope, Shell, scrub};
use crate::error::{Error, ErrorKind, Result};
use crate::fact::{Answer, AnyFact, Question, QuestionId};
use crate::fingerprint::Salt;
use crate::host::{Host, Identity, Source};
use crate::options::{Account, GlobalArgs};
use crate::plan::{FactStore, shown};
use crate::project::Project;
use crate::script::{Call, CallPath, Driver, HostView, InventoryView, Limits, OpResult, Settled};
use crate::value::{Map, Value};

/// More parts than this mean that an operation never comes to an end.
const PARTS: usize = 100;

/// What the hosts of a live run share.
pub(crate) struct Stage {
    pub(crate) inventory: Arc<InventoryView>,
    pub(crate) fleet: Arc<Fleet>,
    pub(crate) lockstep: Arc<Lockstep>,
    pub(crate) project: Arc<Project>,
    pub(crate) listener: Arc<dyn Listener>,
    pub(crate) interrupt: Interrupt,
    pub(crate) pace: Pace,
    /// Hosts at a time, for operations that do not say; 0 means all.
    pub(crate) at_a_time: usize,
    /// Tries after a failed one, for operations that do not say.
    pub(crate) retries: u32,
    pub(crate) retry_delay: Duration,
    /// What commands print is passed on as it comes: `exec`.
    pub(crate) stream: bool,
    /// The hosts of the run, in inventory order.
    pub(crate) crew: Vec<String>,
    /// With what sums of operations and facts are made.
    pub(crate) salt: Option<Salt>,
    /// Whether plans come with what they were made from.
    pub(crate) keep_basis: bool,
    /// What an earlier try of the run has done.
    pub(crate) earlier: Arc<Earlier>,
}

/// A live evaluation of one host's script.
pub(crate) struct Live {
    index: usize,
    host: Arc<HostView>,
    link: Arc<Mutex<Link>>,
    stage: Arc<Stage>,
    store: RefCell<FactStore>,
    owed: RefCell<Vec<Owed>>,
    /// Questions that the next exchange takes along: wanted soon, or asked again by later steps.
    along: RefCell<Vec<(Question, usize)>>,
    step: Cell<usize>,
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

/// An operation whose commands are still to be sent.
struct Owed {
    about: About,
    commands: Commands,
    work: Work,
    result: OpResult,
}

/// What a record says of the call that it belongs to.
#[derive(Clone)]
struct About {
    subject: Arc<Subject>,
    key: Option<Arc<str>>,
    once: bool,
}

impl About {
    fn of(call: &Call) -> Self {
        Self {
            subject: Arc::clone(&call.subject),
            key: call.key.clone(),
            once: call.globals.run_once.unwrap_or(false),
        }
    }
}

impl Live {
    pub(crate) fn new(
        index: usize,
        host: &Arc<HostView>,
        link: &Arc<Mutex<Link>>,
        stage: &Arc<Stage>,
        store: FactStore,
    ) -> Rc<Self> {
        Rc::new(Self {
            index,
            host: Arc::clone(host),
            link: Arc::clone(link),
            stage: Arc::clone(stage),
            store: RefCell::new(store),
            owed: RefCell::default(),
            along: RefCell::default(),
            step: Cell::default(),
            reached: RefCell::default(),
            failed: Cell::default(),
            first_part: RefCell::default(),
            failure: RefCell::default(),
            attempts: Cell::default(),
            keys: Keys::new(stage.salt.as_ref()),
            held: RefCell::default(),
        })
    }

    /// Waits for this host's turn at an operation.
    fn turn(&self, call: &Call) -> Result<Turn> {
        let globals = &call.globals;
        let spread = Spread {
            once: globals.run_once.unwrap_or(false),
            at_a_time: match (globals.serial, globals.parallel) {
                (Some(true), _) => 1,
                (_, Some(limit)) => limit,
                _ if self.stage.pace == Pace::Together => self.stage.at_a_time,
                _ => 0,
            },
        };
        if spread.once || spread.at_a_time > 0 {
            self.flush(Vec::new())?;
        }
        if self.stage.interrupt.is_stopped() {
            return Ok(Turn::Stop);
        }
        Ok(self.stage.lockstep.arrive(self.index, &call.path, &call.subject, spread))
    }

    /// Runs one operation, as often as its retries say.
    fn perform(&self, call: &Call) -> Result<OpResult> {
        let attempts = call.globals.retries.unwrap_or(self.stage.retries) + 1;
        for attempt in 1.. {
            self.held.take();
            let result = self.attempt(call, attempt == attempts);
            let again = match &result {
                Ok(result) => attempt < attempts && self.wants_retry(call, result)?,
                Err(error) => error.kind == ErrorKind::Failed && !self.failed.get(),
            };
            if !again || attempt >= attempts {
                self.tell_held(call, &result)?;
                return result;
            }
            let delay =
                call.globals.retry_delay.map_or(self.stage.retry_delay, Duration::from_secs_f64);
            self.stage.listener.event(&Event::Retry {
                subject: Arc::clone(&call.subject),
                host: self.host.name.clone(),
                attempt: attempt + 1,
                attempts,
                delay: delay.as_secs_f64(),
                error: result
                    .err()
                    .map_or_else(|| "`_retry_until` asks for it".to_owned(), |error| error.message),
            });
            if let Err(interrupted) = self.wait(delay) {
                self.never_ran(&About::of(call));
                return Err(interrupted);
            }
        }
        Err(Error::failed("the operation was never tried"))
    }

    /// Tells how an operation went whose record was held back.
    fn tell_held(&self, call: &Call, result: &Result<OpResult>) -> Result<()> {
        let Some(record) = self.held.take() else { return Ok(()) };
        self.stage.listener.event(&Event::Result(record));
        match (&call.globals.on_success, result) {
            (Some(function), Ok(result)) => call_back(function, result),
            _ => Ok(()),
        }
    }

    /// `_retry_until` says of a successful try that it must be tried again.
    fn wants_retry(&self, call: &Call, result: &OpResult) -> Result<bool> {
        match &call.globals.retry_until {
            Some(Value::Function(function)) if self.held.borrow().is_some() => {
                function.call(vec![Value::Outcome(Arc::new(result.clone()))])?.truth()
            }
            _ => Ok(false),
        }
    }

    fn wait(&self, delay: Duration) -> Result<()> {
        let until = Instant::now() + delay;
        while Instant::now() < until {
            if self.stage.interrupt.is_stopped() {
                return Err(Error::interrupted());
            }
            sleep(Duration::from_millis(50).min(until - Instant::now().min(until)));
        }
        Ok(())
    }

    /// One try of one operation. `last`: a failure is final, and is reported.
    fn attempt(&self, call: &Call, last: bool) -> Result<OpResult> {
        let started = Instant::now();
        let context = Arc::new(call.globals.context());
        let host = Host::new(self, context);
        let planned = gate(&call.globals, &host).and_then(|gate| match gate {
            Gate::Open => Ok((Gate::Open, call.operation.plan(&host)?)),
            closed @ Gate::Closed(_) => Ok((closed, Commands::default())),
        });
        let commands = match planned {
            Ok((Gate::Closed(why), _)) => {
                let record = self.record(&About::of(call), Status::Skipped, started);
                return Ok(self.tell(Record { note: Some(why), ..record }));
            }
            Ok((Gate::Open, commands)) => commands,
            Err(error) => return self.refuse(call, error, started, last),
        };
        if let Some(error) = Self::broken_condition(call.globals.precondition.as_ref(), &host)? {
            return self.refuse(call, error, started, last);
        }
        if commands.is_empty() {
            let record = self.record(&About::of(call), Status::Ok, started);
            return Ok(self.tell(Record { note: commands.note, ..record }));
        }
        let result = match Self::function(&commands) {
            Some(function) => self.call_function(call, &commands, function, last)?,
            None => self.run_commands(call, commands, &host, last)?,
        };
        if let Some(error) = Self::broken_condition(call.globals.postcondition.as_ref(), &host)? {
            return self.refuse(call, error, started, last);
        }
        Ok(result)
    }

    /// Runs what was planned, or puts it in line.
    fn run_commands(
        &self,
        call: &Call,
        commands: Commands,
        host: &Host<'_>,
        last: bool,
    ) -> Result<OpResult> {
        let first = commands.again.then(|| commands.clone());
        let result = self.owe(call, commands, Arc::clone(host.context()));
        if self.must_settle(call) || first.is_some() {
            self.send(Vec::new(), last)?;
        }
        match first {
            Some(first) => self.attempt_rest(call, host, first, result, last),
            None => Ok(result),
        }
    }

    /// Plans the operation once more, now that its first commands ran, and runs what that says; as often
    /// as it says so. All of it is one operation with one record.
    fn attempt_rest(
        &self,
        call: &Call,
        host: &Host<'_>,
        mut done: Commands,
        mut result: OpResult,
        last: bool,
    ) -> Result<OpResult> {
        for _ in 0..PARTS {
            if self.first_part.borrow().is_none() {
                return Ok(result);
            }
            let started = Instant::now();
            let rest = match call.operation.plan_rest(host, &done) {
                Ok(rest) => rest,
                Err(error) => return self.refuse(call, error, started, last),
            };
            if rest.is_empty() {
                let record = self.whole(self.record(&About::of(call), Status::Ok, started));
                result.settle(settled(&record));
                self.went_well(record, &result, &call.globals)?;
                return Ok(result);
            }
            done = rest.clone();
            result = self.owe(call, rest, Arc::clone(host.context()));
            self.send(Vec::new(), last)?;
        }
        let error = Error::failed("the operation always finds something more to do")
            .hint("what it does does not lead to what it looks for");
        self.refuse(call, error, Instant::now(), last)
    }

    /// The error of a pre- or postcondition that does not hold.
    fn broken_condition(condition: Option<&Value>, host: &Host<'_>) -> Result<Option<Error>> {
        let Some(condition) = condition else { return Ok(None) };
        if holds(condition, host)? {
            return Ok(None);
        }
        let what = match condition {
            Value::Text(command) | Value::Word(command) => format!("`{}` fails", scrub(command)),
            _ => "a condition of the operation does not hold".to_owned(),
        };
        Ok(Some(Error::failed(what)))
    }

    /// The operation cannot be done: reported, and the host's part ends, unless errors are ignored.
    fn refuse(&self, call: &Call, error: Error, started: Instant, last: bool) -> Result<OpResult> {
        // An operation that was owed failed when this one asked something; it has been reported.
        if self.failed.get() {
            self.never_ran(&About::of(call));
            return Err(error);
        }
        match error.kind {
            ErrorKind::Failed if last || self.stage.interrupt.is_stopped() => {}
            ErrorKind::Unreachable => {}
            ErrorKind::Interrupted => {
                self.never_ran(&About::of(call));
                return Err(error);
            }
            _ => return Err(error),
        }
        // What was called before takes effect first.
        if let Err(earlier) = self.flush(Vec::new()) {
            self.never_ran(&About::of(call));
            return Err(earlier);
        }
        let ignored = call.globals.ignore_errors.unwrap_or(false);
        let status = match error.kind {
            ErrorKind::Unreachable => Status::Unreachable,
            _ if ignored => Status::Ignored,
            _ => Status::Failed,
        };
        let held = self.held.take();
        let record = held.unwrap_or_else(|| self.record(&About::of(call), status, started));
        let result = self.tell(Record {
            status,
            error: Some(error.message.clone()),
            note: error.hint.clone(),
            ..record
        });
        self.failed.set(!ignored);
        if let Some(function) = &call.globals.on_error {
            call_back(function, &result)?;
        }
        if status == Status::Ignored { Ok(result) } else { Err(error) }
    }

    /// Puts an operation's commands in line. What they touch is no longer known, but for files that they
    /// write whole: what is in line behind them goes out in the same job and runs only if the writing
    /// succeeded, so there the file is what was written, and needs no asking.
    fn owe(
        &self,
        call: &Call,
        commands: Commands,
        context: Arc<crate::options::Context>,
    ) -> OpResult {
        let result = OpResult::owed(Arc::clone(&call.subject));
        let mut touches = call.operation.touches();
        touches.extend(commands.also.iter().cloned());
        let forgotten = self.store.borrow_mut().forget(&touches, self.step.get());
        let written = !self.must_settle(call) && commands.only_write_files();
        for (question, until) in forgotten {
            let id = &question.id;
            match commands.states(id.fact, &id.key).filter(|_| written && id.context == context) {
                Some(answer) => self.store.borrow_mut().assume(question, answer.clone(), until),
                None => self.along.borrow_mut().push((question, until)),
            }
        }
        let globals = call.globals.clone();
        self.owed.borrow_mut().push(Owed {
            about: About::of(call),
            work: Work { commands: commands.list.clone(), context, globals },
            commands,
            result: result.clone(),
        });
        result
    }

    /// Whether the operation's result is needed before the script goes on.
    fn must_settle(&self, call: &Call) -> bool {
        let globals = &call.globals;
        self.stage.pace == Pace::Together
            || self.stage.stream
            || globals.retries.unwrap_or(self.stage.retries) > 0
            || globals.ignore_errors.unwrap_or(false)
            || globals.run_once.unwrap_or(false)
            || globals.serial.unwrap_or(false)
            || globals.parallel.is_some()
            || globals.get_pty.unwrap_or(false)
            || globals.timeout.is_some()
            || globals.retry_until.is_some()
            || globals.postcondition.is_some()
            || globals.on_success.is_some()
            || globals.on_error.is_some()
    }

    /// Sends what is owed, and asks.
    fn flush(&self, questions: Vec<Question>) -> Result<()> {
        if self.owed.borrow().is_empty() && questions.is_empty() {
            return Ok(());
        }
        self.send(questions, true)
    }

    fn send(&self, questions: Vec<Question>, last: bool) -> Result<()> {
        let owed = self.owed.take();
        let along = self.along.take();
        let mut all: Vec<Question> = Vec::new();
        let until: Vec<(QuestionId, usize)> =
            along.iter().map(|(question, until)| (question.id.clone(), *until)).collect();
        let mut seen = HashSet::new();
        for question in questions.into_iter().chain(along.into_iter().map(|(it, _)| it)) {
            if seen.insert(question.id.clone()) {
                all.push(question);
            }
        }
        let (works, rest): (Vec<Work>, Vec<_>) =
            owed.into_iter().map(|it| (it.work, (it.about, it.commands, it.result))).unzip();
        let started = Instant::now();
        let exchange = hold(&self.link).exchange(&works, all, self.stage.stream);
        let exchange = match exchange {
            Ok(exchange) => exchange,
            Err(error) => return self.lost(error, &rest, started),
        };
        {
            let mut store = self.store.borrow_mut();
            for (question, answer) in exchange.answers {
                store.put(question, answer);
            }
            for (id, until) in &until {
                store.needed(id, *until);
            }
        }
        let mut outcome = Ok(());
        for ((done, (about, commands, result)), work) in
            exchange.done.into_iter().zip(rest).zip(works)
        {
            if outcome.is_ok() && done.started {
                outcome = self.conclude(done, &about, &commands, &result, &work, last);
            } else {
                // Behind a failure, or behind the operation that ran when the user ended the run.
                self.never_ran(&about);
                outcome = outcome.and(Err(Error::interrupted()));
            }
        }
        outcome
    }

    /// The exchange itself failed before any operation of it ran.
    fn lost(
        &self,
        error: Error,
        rest: &[(About, Commands, OpResult)],
        started: Instant,
    ) -> Result<()> {
        if let Some((about, commands, result)) = rest.first()
            && error.kind != ErrorKind::Interrupted
        {
            let status = match error.kind {
                ErrorKind::Unreachable => Status::Unreachable,
                _ => Status::Failed,
            };
            let record = Record {
                error: Some(error.message.clone()),
                note: error.hint.clone(),
                commands: shown(commands),
                ..self.record(about, status, started)
            };
            self.failed.set(true);
            result.settle(settled(&record));
            self.stage.listener.event(&Event::Result(record));
            rest.iter().skip(1).for_each(|(about, ..)| self.never_ran(about));
        } else {
            for (about, ..) in rest {
                self.never_ran(about);
            }
        }
        Err(error)
    }

    /// Tells that an operation was in line when one before it ended the host's part.
    fn never_ran(&self, about: &About) {
        let record = self.record(about, Status::NotRun, Instant::now());
        self.stage.listener.event(&Event::Result(Record { seconds: 0.0, ..record }));
    }

    /// An operation went well: told now, or once it is known whether that is enough.
    fn went_well(&self, record: Record, result: &OpResult, globals: &GlobalArgs) -> Result<()> {
        if globals.retry_until.is_some() || globals.postcondition.is_some() {
            *self.held.borrow_mut() = Some(record);
            return Ok(());
        }
        self.stage.listener.event(&Event::Result(record));
        match &globals.on_success {
            Some(function) => call_back(function, result),
            None => Ok(()),
        }
    }

    /// Reports how an operation ended.
    fn conclude(
        &self,
        done: Done,
        about: &About,
        commands: &Commands,
        result: &OpResult,
        work: &Work,
        last: bool,
    ) -> Result<()> {
        let done = Self::fetch(done, work);
        let failure = done.failed.as_ref();
        let ignored = work.globals.ignore_errors.unwrap_or(false);
        let changed = commands.changed.is_none_or(|reads| reads(&done.outputs));
        let status = match failure {
            Some((_, error)) if error.kind == ErrorKind::Unreachable => Status::Unreachable,
            Some((_, error)) if error.kind == ErrorKind::Interrupted => Status::NotRun,
            Some(_) if ignored => Status::Ignored,
            Some(_) => Status::Failed,
            None if changed => Status::Changed,
            None => Status::Ok,
        };
        let failed_command = failure.and_then(|(index, _)| work.commands.get(*index));
        let record = Record {
            commands: shown(commands),
            stdout: joined(&done.outputs, |it| &it.stdout),
            stderr: joined(&done.outputs, |it| &it.stderr),
            code: done.outputs.last().map(|it| it.code).filter(|code| *code >= 0),
            seconds: done.seconds,
            diff: commands.diff.clone(),
            error: failure.map(|(_, error)| scrub(&error.message).into_owned()),
            failed_command: failed_command.map(|it| scrub(&it.to_string()).into_owned()),
            note: failure
                .and_then(|(_, error)| error.hint.clone())
                .or_else(|| failure.and_then(|_| self.want_of_rights(&done, &work.context.account)))
                .or_else(|| commands.note.clone()),
            ..self.record(about, status, Instant::now())
        };
        let record = self.whole(record);
        result.settle(settled(&record));
        if commands.again && status == Status::Changed {
            *self.first_part.borrow_mut() = Some(record);
            return Ok(());
        }
        let error = done.failed.map(|(_, error)| error);
        let Some(error) = error else { return self.went_well(record, result, &work.globals) };
        let is_tried_again = !last && !self.stage.interrupt.is_stopped();
        if is_tried_again && matches!(status, Status::Failed | Status::Ignored) {
            return Err(error);
        }
        if status != Status::Ignored {
            self.failed.set(true);
            self.note_failure(&record, &error);
        }
        self.stage.listener.event(&Event::Result(record));
        if let Some(function) = work.globals.on_error.as_ref().filter(|_| status != Status::NotRun)
        {
            call_back(function, result)?;
        }
        if status == Status::Ignored { Ok(()) } else { Err(error) }
    }

    /// Advice where a command complains that it may not, and runs as nobody else than who is logged in.
    fn want_of_rights(&self, done: &Done, account: &Account) -> Option<String> {
        const COMPLAINTS: &[&str] =
            &["permission denied", "operation not permitted", "are you root", "must be root"];
        let said = String::from_utf8_lossy(&done.outputs.last()?.stderr).to_lowercase();
        let is_complaint = COMPLAINTS.iter().any(|it| said.contains(it));
        let is_root =
            matches!(self.host.datum("ssh_user"), Some(Value::Text(user)) if user == "root");
        let own = *account == Account::default() && !is_root;
        (is_complaint && own).then(|| "`_sudo: true` (or --sudo) runs it as root".to_owned())
    }

    /// Writes fetched files on the controller.
    fn fetch(mut done: Done, work: &Work) -> Done {
        for (index, (command, output)) in work.commands.iter().zip(&done.outputs).enumerate() {
            if let Command::Get { to, .. } = command
                && done.failed.is_none()
                && let Err(error) = crate::project::write_with_folder(to, &output.stdout)
            {
                done.failed = Some((index, error));
            }
        }
        done
    }

    fn record(&self, about: &About, status: Status, started: Instant) -> Record {
        Record {
            subject: Arc::clone(&about.subject),
            host: self.host.name.clone(),
            status,
            commands: Vec::new(),
            stdout: String::new(),
            stderr: String::new(),
            code: None,
            seconds: started.elapsed().as_secs_f64(),
            diff: Vec::new(),
            error: None,
            failed_command: None,
            note: None,
            caught: self.attempts.get() > 0,
            key: about.key.clone(),
            once: about.once,
        }
    }

    /// Reports a record and gives it to the script.
    fn tell(&self, record: Record) -> OpResult {
        let record = self.whole(record);
        let result = OpResult::settled(Arc::clone(&record.subject), settled(&record));
        self.stage.listener.event(&Event::Result(record));
        result
    }

    /// The record with that of the operation's commands before it, if it was planned in parts.
    fn whole(&self, record: Record) -> Record {
        match self.first_part.take() {
            Some(first) => after(first, record),
            None => record,
        }
    }

    fn next_step(&self) {
        self.step.set(self.step.get() + 1);
    }
}

impl Driver for Live {
    fn operation(&self, mut call: Call) -> Result<OpResult> {
        self.next_step();
        call.key = self.keys.of(&call, &self.stage.project);
        let turn = self.turn(&call)?;
        if matches!(turn, Turn::Stop) {
            return Err(Error::interrupted());
        }
        self.come_to(&call.path);
        if let Turn::Take(shared) = turn {
            return self.take(&call, *shared);
        }
        let result = match self.done_before(&call) {
            Some(result) => Ok(result),
            None => self.perform(&call),
        };
        self.stage.lockstep.finished(self.index, &call.path);
        if call.globals.run_once.unwrap_or(false) {
            let shared = match &result {
                Ok(result) => result.read()?,
                Err(error) => Settled {
                    status: Some(Status::Failed),
                    stderr: error.message.clone(),
                    ..Settled::default()
                },
            };
            self.stage.lockstep.share(&call.path, shared);
        }
        result
    }

    fn fact(&self, fact: &dyn AnyFact, globals: &GlobalArgs, host: Option<&str>) -> Result<Value> {
        self.next_step();
        let context = Arc::new(globals.context());
        let answer = match host {
            None => fact.answer(&Host::new(self, context))?,
            Some(name) => {
                self.observe()?;
                let stage = &self.stage;
                let view = stage.inventory.hosts.get(name);
                let (Some(view), Some(link)) = (view, stage.fleet.links.get(name)) else {
                    return Err(Error::usage(format!("there is no host `{name}`")));
                };
                let other = OtherHost { view, link, project: &stage.project };
                fact.answer(&Host::new(&other, context))?
            }
        };
        Ok(Value::from(answer.to_json()))
    }

    fn run(&self, command: &str, globals: &GlobalArgs) -> Result<Value> {
        self.observe()?;
        let commands = Commands::from(Shell::verbatim(command)).list;
        // What the command returns is its result, not a failure.
        let globals = GlobalArgs { ignore_errors: Some(true), ..globals.clone() };
        let context = Arc::new(globals.context());
        let forgotten = self.store.borrow_mut().forget(&[Scope::Anything], self.step.get());
        self.along.borrow_mut().extend(forgotten);
        let work = Work { commands, context, globals };
        let exchange = hold(&self.link).exchange(&[work], Vec::new(), false)?;
        let done = exchange.done.into_iter().next().unwrap_or_default();
        let Some(output) = done.outputs.into_iter().next() else {
            return Err(done.failed.map_or_else(Error::interrupted, |(_, error)| error));
        };
        let text = |bytes: &[u8]| Value::Text(String::from_utf8_lossy(bytes).into_owned());
        Ok(Value::Map(Map::from([
            ("stdout".to_owned(), text(&output.stdout)),
            ("stderr".to_owned(), text(&output.stderr)),
            ("code".to_owned(), Value::Int(output.code.into())),
        ])))
    }

    fn settle(&self, _result: &OpResult) -> Result<()> {
        self.flush(Vec::new())
    }

    fn decide(&self, why: &Arc<str>) -> Result<bool> {
        Err(Error::unknown(Arc::clone(why)))
    }

    fn log(&self, text: &str, warning: bool) -> Result<()> {
        self.observe()?;
        let text = scrub(text).into_owned();
        let host = Some(self.host.name.clone());
        self.stage.listener.event(&Event::Message { host, text, warning });
        Ok(())
    }

    fn observe(&self) -> Result<()> {
        self.flush(Vec::new())
    }

    fn source(&self) -> &dyn Source {
        self
    }

    fn met_unknown(&self) {}

    fn attempt(&self, begins: bool) {
        let open = self.attempts.get();
        self.attempts.set(if begins { open + 1 } else { open.saturating_sub(1) });
    }

    fn recover(&self, error: &Error) -> Option<String> {
        if !matches!(error.kind, ErrorKind::Failed | ErrorKind::Usage) {
            return None;
        }
        let reported = self.failed.replace(false);
        let why = self.failure.take().filter(|_| reported);
        Some(why.unwrap_or_else(|| error.message.clone()))
    }

    fn gather(&self, path: &CallPath, value: Value) -> Result<Map> {
        self.stage.lockstep.say(self.index, path, value);
        self.meet(path)?;
        let names = self.stage.crew.iter().enumerate();
        let said = |index| self.stage.lockstep.said(index, path).unwrap_or_default();
        Ok(names.map(|(index, name)| (name.clone(), said(index))).collect())
    }

    fn acts(&self) -> bool {
        true
    }

    fn enter(&self, path: &CallPath, limits: Limits) -> Result<usize> {
        self.flush(Vec::new())?;
        if self.stage.interrupt.is_stopped() {
            return Err(Error::interrupted());
        }
        let batch = self.stage.lockstep.enter(self.index, path, limits.at_a_time);
        batch.ok_or_else(Error::interrupted)
    }

    fn begin_batch(&self, block: &CallPath, path: &CallPath, before: usize) -> Result<()> {
        if before > 0 {
            self.meet(path)?;
        }
        if self.stage.lockstep.has_failed(block, before) {
            return Err(Error::failed("not begun: the block failed on a host before this one"));
        }
        Ok(())
    }

    fn leave(&self, path: &CallPath, label: &str, limits: Limits, failed: bool) -> Result<()> {
        // What the block still owes belongs to it.
        let ended = if failed { Ok(()) } else { self.flush(Vec::new()) };
        let failed = failed || ended.is_err();
        let lockstep = &self.stage.lockstep;
        let beyond = lockstep.exit(self.index, path, failed, limits.fail_percent);
        if let Some((lost, hosts)) = beyond {
            let percent = limits.fail_percent.unwrap_or_default();
            let text = format!(
                "the run ends: `{label}` failed on {lost} of {hosts} hosts, more than {percent} %"
            );
            self.stage.listener.event(&Event::Message { host: None, text, warning: true });
        }
        ended
    }
}

impl Live {
    /// Waits until the other hosts are here, or behind it, or out of the run.
    fn meet(&self, path: &CallPath) -> Result<()> {
        self.observe()?;
        let Stage { pace, at_a_time, crew, .. } = &*self.stage;
        if *pace == Pace::Apart && (1..crew.len()).contains(at_a_time) {
            let error = "hosts cannot meet while others have not begun";
            return Err(Error::usage(error).hint("leave out `--no-wait` or `--parallel`"));
        }
        if self.stage.lockstep.meet(self.index, path) {
            return Ok(());
        }
        Err(Error::interrupted())
    }

    /// Keeps what a script is told that goes on after the failure.
    fn note_failure(&self, record: &Record, error: &Error) {
        let last = record.stderr.lines().rev().find(|line| !line.trim().is_empty());
        let why = last.unwrap_or(&error.message);
        *self.failure.borrow_mut() = Some(format!("{}: {why}", record.subject.label));
    }

    /// Notes how far the host has come.
    fn come_to(&self, path: &CallPath) {
        let mut reached = self.reached.borrow_mut();
        let path = path.without_batches();
        if reached.as_ref().is_none_or(|furthest| *furthest < path) {
            *reached = Some(path);
        }
    }

    /// The result of an operation that the resumed run has done already.
    fn done_before(&self, call: &Call) -> Option<OpResult> {
        let label = &call.subject.label;
        let done = self.stage.earlier.find(&self.host.name, call.key.as_deref()?, label)?;
        let note = Some("done by the run that is resumed".to_owned());
        let record = self.record(&About::of(call), Status::Skipped, Instant::now());
        self.stage.listener.event(&Event::Result(Record { note, key: None, ..record }));
        Some(OpResult::settled(Arc::clone(&call.subject), done))
    }

    /// Sends what is still owed when the script has ended, also where a failure of its own has ended it: what was
    /// called before takes effect. Not where the host's part is over.
    pub(crate) fn end(&self, ended: Option<ErrorKind>) -> Result<()> {
        if self.failed.get() {
            return Ok(());
        }
        match ended {
            Some(ErrorKind::Interrupted | ErrorKind::Unreachable) => {
                self.owed.take().iter().for_each(|it| self.never_ran(&it.about));
                Ok(())
            }
            _ => self.flush(Vec::new()),
        }
    }

    /// Takes the result of the host that ran the operation for all.
    fn take(&self, call: &Call, shared: Settled) -> Result<OpResult> {
        let failed = shared.status == Some(Status::Failed);
        let started = Instant::now();
        let status = if failed { Status::Failed } else { Status::Skipped };
        let note = (!failed).then(|| "ran on the first host only".to_owned());
        let mut record = Record { note, ..self.record(&About::of(call), status, started) };
        if failed {
            record.error = Some("it failed on the host that ran it for all".to_owned());
        }
        self.stage.listener.event(&Event::Result(record));
        if failed {
            self.failed.set(true);
            return Err(Error::failed("it failed on the host that ran it for all"));
        }
        Ok(OpResult::settled(Arc::clone(&call.subject), shared))
    }
}

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
        self.along.borrow_mut().push((question, self.step.get()));
    }

    fn identity(&self) -> Identity {
        identity(&self.host)
    }

    fn project(&self) -> &Project {
        &self.stage.project
    }
}

fn call_back(function: &Value, result: &OpResult) -> Result<()> {
    match function {
        Value::Function(function) => {
            function.call(vec![Value::Outcome(Arc::new(result.clone()))]).map(|_| ())
        }
        other => Err(Error::usage(format!("a callback is a function, not {}", other.kind()))),
    }
}

/// The record of an operation that was planned and run in parts.
fn after(first: Record, then: Record) -> Record {
    let failed = !matches!(then.status, Status::Ok | Status::Changed);
    Record {
        status: if failed { then.status } else { first.status },
        commands: [first.commands, then.commands].concat(),
        stdout: [first.stdout, then.stdout].concat(),
        stderr: [first.stderr, then.stderr].concat(),
        code: then.code.or(first.code),
        seconds: first.seconds + then.seconds,
        diff: [first.diff, then.diff].concat(),
        ..then
    }
}

/// A record as the script's result.
fn settled(record: &Record) -> Settled {
    Settled {
        status: Some(record.status),
        changed: record.status == Status::Changed,
        stdout: record.stdout.clone(),
        stderr: record.stderr.clone(),
        code: record.code,
        commands: record.commands.clone(),
        diff: record.diff.clone(),
        unknown: None,
        planned: None,
    }
}

/// What all commands of an operation printed.
fn joined(outputs: &[Output], stream: impl Fn(&Output) -> &Vec<u8>) -> String {
    outputs.iter().map(|it| String::from_utf8_lossy(stream(it)).into_owned()).collect()
}
