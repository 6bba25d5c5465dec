//! The body of an operation that a script defines, while it is planned: what it calls is added up, nothing
//! is done.
//!
//! A body's steps are shell commands and other operations. A step is planned against what the host is and
//! what the steps before it state; where that does not tell, the steps so far go out first and the body
//! is evaluated again behind them. A shell command that has run is then left out; an operation has nothing
//! left to do. A step is told by its call path: what the body decides may differ the second time.

mod calls;

use std::cell::{Cell, RefCell};
use std::collections::HashSet;
use std::rc::Rc;
use std::sync::Arc;

use super::CallPath;
use super::current::Evaluation;
use super::driver::{Call, Driver};
use super::result::{OpResult, Settled};
use crate::command::{Commands, Scope, Secret, Shell};
use crate::error::{Error, ErrorKind, Result};
use crate::event::{Status, Subject};
use crate::fact::{Answer, AnyFact, Question, QuestionId};
use crate::host::{Host, Identity, Source};
use crate::known::{Overlay, Predicted, until};
use crate::options::{GlobalArgs, SharedContext};
use crate::project::Project;
use crate::value::{Map, Value};
pub(super) use calls::{Handle, bind};

/// The evaluation of one body.
pub(crate) struct Body {
    outer: Rc<dyn Driver>,
    context: SharedContext,
    /// The steps that have run and changed something.
    done: HashSet<String>,
    steps: RefCell<Steps>,
    overlay: RefCell<Overlay>,
    /// A fact is only known when the steps so far have run.
    ahead: Cell<bool>,
}

/// What the steps so far add up to.
#[derive(Default)]
struct Steps {
    commands: Commands,
    touched: Vec<Scope>,
    /// How many steps have commands.
    active: usize,
    /// Facts are missing that have been asked for.
    pending: bool,
    /// What the steps so far change must be there before the body can go on.
    stopped: bool,
}

impl Body {
    /// A body whose first steps, the `done` ones, have run.
    pub(super) fn new(outer: &Evaluation, context: SharedContext, done: &[String]) -> Rc<Self> {
        Rc::new(Self {
            outer: Rc::clone(&outer.driver),
            context,
            done: done.iter().cloned().collect(),
            steps: RefCell::default(),
            overlay: RefCell::default(),
            ahead: Cell::default(),
        })
    }

    /// What the body adds up to, and what it touches.
    pub(super) fn finish(&self, ended: Result<()>) -> Result<(Commands, Vec<Scope>)> {
        let mut steps = self.steps.take();
        match ended {
            Err(error) if error.kind != ErrorKind::Unknown => return Err(error),
            Err(error) if !steps.stopped && !steps.pending => return Err(error),
            _ if steps.pending => return Err(Error::pending()),
            _ => {}
        }
        steps.commands.again = steps.stopped;
        if steps.active != 1 {
            // Each step would read the output of all.
            steps.commands.changed = None;
        }
        if steps.commands.is_empty() && steps.commands.note.is_none() {
            steps.commands.note = Some("nothing to do".to_owned());
        }
        if steps.stopped && steps.commands.note.is_none() {
            steps.commands.note = Some("what comes next depends on these".to_owned());
        }
        Ok((steps.commands, steps.touched))
    }

    fn shell(
        &self,
        step: String,
        text: &str,
        stdin: Option<Secret>,
        touches: Vec<Scope>,
    ) -> OpResult {
        let subject = Arc::new(Subject {
            label: "op.shell".to_owned(),
            operation: "op.shell".to_owned(),
            place: crate::place::Place::default(),
        });
        if self.done.contains(&step) {
            return settled(subject, true, &Commands::default());
        }
        let mut commands = Commands::default();
        match stdin {
            Some(stdin) => commands.run_with_input(Shell::verbatim(text), stdin),
            None => commands.run(Shell::verbatim(text)),
        };
        let result = settled(subject, true, &commands);
        self.add(step, &crate::command::scrub(text), touches, commands);
        result
    }

    /// Adds the commands of a step.
    fn add(&self, step: String, label: &str, touches: Vec<Scope>, commands: Commands) {
        if commands.is_empty() {
            return;
        }
        let mut steps = self.steps.borrow_mut();
        steps.commands.steps.push(step);
        let mut scopes = touches;
        scopes.extend(commands.also.iter().cloned());
        self.overlay.borrow_mut().apply(scopes.clone(), until(label), commands.effects.clone());
        steps.touched.extend(scopes);
        steps.active += 1;
        steps.commands.changed = commands.changed;
        steps.commands.note = commands.note.clone().or(steps.commands.note.take());
        steps.commands.extend(commands);
    }

    /// Plans an operation that the body calls.
    fn step(&self, call: &Call) -> Result<OpResult> {
        let subject = &call.subject;
        let step = step_name(&call.path);
        let ran = self.done.contains(&step);
        self.ahead.set(false);
        match call.operation.plan(&Host::new(self, Arc::clone(&self.context))) {
            Ok(mut commands) => {
                let again = std::mem::take(&mut commands.again);
                // Steps of its own are told by their paths in its own body.
                let inner = std::mem::take(&mut commands.steps);
                let changed = ran || !commands.is_empty();
                let result = settled(Arc::clone(subject), changed, &commands);
                self.add(step, &subject.label, call.operation.touches(), commands);
                self.steps.borrow_mut().commands.steps.extend(inner);
                if again {
                    self.steps.borrow_mut().stopped = true;
                    return Err(Error::unknown("the rest of the operation"));
                }
                Ok(result)
            }
            Err(error) if error.kind == ErrorKind::Pending => {
                self.steps.borrow_mut().pending = true;
                Ok(OpResult::owed(Arc::clone(subject)))
            }
            Err(error) => Err(self.stop(error)),
        }
    }

    /// Notes where a value is known only behind the steps so far.
    fn stop(&self, error: Error) -> Error {
        if error.kind == ErrorKind::Unknown && self.ahead.get() {
            self.steps.borrow_mut().stopped = true;
        }
        error
    }

    /// What the steps so far say of a fact.
    fn look(&self, id: &QuestionId, reads: Option<&[Scope]>) -> Option<Result<Answer>> {
        match self.overlay.borrow().look((id.fact, &id.key), reads) {
            Predicted::Value(answer) => Some(Ok(answer)),
            Predicted::Unknown(why) => {
                self.ahead.set(true);
                Some(Err(Error::unknown(why)))
            }
            Predicted::Untouched => None,
        }
    }
}

/// What tells a step from others of the body.
fn step_name(path: &CallPath) -> String {
    format!("{path:?}")
}

fn settled(subject: Arc<Subject>, changed: bool, commands: &Commands) -> OpResult {
    let settled = Settled {
        status: Some(if changed { Status::Changed } else { Status::Ok }),
        changed,
        commands: commands.shown(),
        diff: commands.diff.clone(),
        planned: Some("the output of a step, which an operation is planned without".into()),
        ..Settled::default()
    };
    OpResult::settled(subject, settled)
}

impl Driver for Body {
    fn is_interrupted(&self) -> bool {
        self.outer.is_interrupted()
    }

    fn operation(&self, call: Call) -> Result<OpResult> {
        self.step(&call)
    }

    fn fact(&self, fact: &dyn AnyFact, globals: &GlobalArgs, host: Option<&str>) -> Result<Value> {
        if host.is_some() {
            return self.outer.fact(fact, globals, host);
        }
        self.ahead.set(false);
        match fact.answer(&Host::new(self, Arc::clone(&self.context))) {
            Ok(answer) => Ok(Value::from(answer.to_json())),
            Err(error) if error.kind == ErrorKind::Unknown && !self.ahead.get() => {
                Ok(Value::Unknown(error.message.into()))
            }
            Err(error) => Err(self.stop(error)),
        }
    }

    fn run(&self, _command: &str, _globals: &GlobalArgs) -> Result<Value> {
        Err(Error::usage("the body of an operation is planned, it cannot run anything")
            .hint("op.shell adds a command to the plan, host.fact asks"))
    }

    fn settle(&self, _result: &OpResult) -> Result<()> {
        Err(Error::pending())
    }

    fn decide(&self, why: &Arc<str>) -> Result<bool> {
        Err(Error::unknown(Arc::clone(why)))
    }

    fn log(&self, text: &str, warning: bool) -> Result<()> {
        self.outer.log(text, warning)
    }

    fn observe(&self) -> Result<()> {
        self.outer.observe()
    }

    fn met_unknown(&self) {
        self.outer.met_unknown();
    }

    fn gather(&self, _path: &CallPath, _value: Value) -> Result<Map> {
        Err(Error::usage("the body of an operation is planned for its host alone")
            .hint("gather before the operation is called, and give it what came of that"))
    }

    fn source(&self) -> &dyn Source {
        self
    }

    fn body(&self) -> Option<&Body> {
        Some(self)
    }
}

impl Source for Body {
    fn known(&self, id: &QuestionId) -> Option<Result<Answer>> {
        let source = self.outer.source();
        let reads = source.reads(id);
        self.look(id, reads.as_deref()).or_else(|| source.known(id))
    }

    fn reads(&self, id: &QuestionId) -> Option<Vec<Scope>> {
        self.outer.source().reads(id)
    }

    fn ask(&self, question: Question) -> Result<Answer> {
        let seen = self.look(&question.id, Some(&question.reads));
        seen.unwrap_or_else(|| self.outer.source().ask(question))
    }

    fn want(&self, question: Question) {
        let overlay = self.overlay.borrow();
        let seen = overlay.look((question.id.fact, &question.id.key), Some(&question.reads));
        if matches!(seen, Predicted::Untouched) {
            self.outer.source().want(question);
        }
    }

    fn identity(&self) -> Identity {
        self.outer.source().identity()
    }

    fn project(&self) -> &Project {
        self.outer.source().project()
    }
}
