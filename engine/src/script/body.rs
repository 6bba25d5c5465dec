//! The body of an operation that a script defines, while it is planned: what it calls is added up, nothing
//! is done.
//!
//! A body's steps are shell commands and other operations. A step is planned against what the host is and
//! what the steps before it state; where that does not tell, the steps so far go out first and the body
//! is evaluated again behind them. A shell command that has run is then left out; an operation has nothing
//! left to do. A step is told by its call path: what the body decides may differ the second time.

#![expect(clippy::needless_pass_by_value, reason = "Rhai hands values over")]

use std::cell::{Cell, RefCell};
use std::collections::HashSet;
use std::rc::Rc;
use std::sync::Arc;

use rhai::{Dynamic, Engine, NativeCallContext};

use super::CallPath;
use super::convert::{from_rhai, map_from_rhai};
use super::current::{Call, Driver, Evaluation, current};
use super::problem::{Thrown, throw, throw_all};
use super::result::{OpResult, Settled};
use crate::command::{Commands, Scope, Secret, Shell, quote};
use crate::error::{Error, ErrorKind, Result, did_you_mean};
use crate::execute::{Status, Subject};
use crate::fact::{Answer, AnyFact, Question, QuestionId};
use crate::host::{Host, Identity, Source};
use crate::options::{GlobalArgs, SharedContext};
use crate::plan::{Overlay, Predicted, shown};
use crate::project::Project;
use crate::value::{Map, Value};

/// The second argument of a body: `op`.
#[derive(Clone, Debug)]
pub(super) struct Handle;

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

/// Binds `op`.
pub(super) fn bind(engine: &mut Engine) {
    engine
        .register_type_with_name::<Handle>("operation body")
        .register_fn("shell", |context: NativeCallContext<'_>, _: &mut Handle, line: Dynamic| {
            shell(&context, &line, &rhai::Map::new())
        })
        .register_fn(
            "shell",
            |context: NativeCallContext<'_>, _: &mut Handle, line: Dynamic, named: rhai::Map| {
                shell(&context, &line, &named)
            },
        )
        .register_fn(
            "put",
            |context: NativeCallContext<'_>, _: &mut Handle, path: &str, content: Dynamic| {
                put(&context, path, &content, rhai::Map::new())
            },
        )
        .register_fn(
            "put",
            |context: NativeCallContext<'_>,
             _: &mut Handle,
             path: &str,
             content: Dynamic,
             named: rhai::Map| { put(&context, path, &content, named) },
        )
        .register_fn("noop", |context: NativeCallContext<'_>, _: &mut Handle, why: &str| {
            let why = super::convert::readable(why);
            inside(&context, |body| {
                body.steps.borrow_mut().commands.note = Some(why);
                Ok(())
            })
        })
        .register_fn(
            "attribute",
            |context: NativeCallContext<'_>,
             _: &mut Handle,
             of: &str,
             name: &str,
             before: Dynamic,
             after: Dynamic| {
                let [before, after] = [before, after]
                    .map(|it| super::convert::readable(&super::library::display(&it)));
                inside(&context, |body| {
                    body.steps.borrow_mut().commands.attribute(of, name, before, after);
                    Ok(())
                })
            },
        );
}

/// Does something with the body that is evaluated.
fn inside<T>(
    context: &NativeCallContext<'_>,
    work: impl FnOnce(&Body) -> Result<T>,
) -> Result<T, Thrown> {
    let evaluation = current().map_err(|error| throw(context, error))?;
    let body = evaluation.driver.body().ok_or_else(|| {
        throw(context, Error::usage("this can only be used in the body of an operation"))
    })?;
    work(body).map_err(|error| throw(context, error))
}

/// `op.shell("cmd")`, `op.shell(["cmd", "argument with spaces"])`, with `#{ stdin: "…", touches: […] }`.
fn shell(
    context: &NativeCallContext<'_>,
    line: &Dynamic,
    named: &rhai::Map,
) -> Result<OpResult, Thrown> {
    let text = match from_rhai(line) {
        Value::List(words) => {
            let unknown = words.iter().find_map(Value::unknown).map(Arc::clone);
            let words: Vec<String> = words.iter().map(|it| quote(&it.to_string())).collect();
            unknown.map_or_else(|| Value::Text(words.join(" ")), Value::Unknown)
        }
        other => other,
    };
    let mut stdin = None;
    let mut touches = vec![Scope::Anything];
    for (key, value) in map_from_rhai(named) {
        match key.as_str() {
            "stdin" => stdin = Some(Secret::new(value.to_string())),
            "touches" => touches = super::define::scopes(Some(&value)),
            _ => return Err(throw(context, no_argument(&key))),
        }
    }
    let evaluation = current().map_err(|error| throw(context, error))?;
    let path = evaluation.path(context, &Evaluation::place(context, 0));
    inside(context, |body| match text {
        Value::Text(text) => Ok(body.shell(step_name(&path), &text, stdin, touches)),
        Value::Unknown(why) => Err(Error::unknown(why)),
        other => Err(Error::usage(format!("`op.shell` takes text, not {}", other.kind()))
            .hint("a command line, or a list of words that are quoted: [\"nginx\", \"-t\"]")),
    })
}

fn no_argument(key: &str) -> Error {
    let hint = did_you_mean(key, ["stdin", "touches"]).unwrap_or_else(|| {
        "it has `stdin` and `touches`; global arguments belong to the call".to_owned()
    });
    Error::usage(format!("`op.shell` has no argument `{key}`")).hint(hint).argument(key)
}

/// `op.put(path, content, #{ mode: "644" })`: `files.put` with the content itself.
fn put(
    context: &NativeCallContext<'_>,
    path: &str,
    text: &Dynamic,
    named: rhai::Map,
) -> Result<Dynamic, Thrown> {
    let evaluation = current().map_err(|error| throw(context, error))?;
    let place = Evaluation::place(context, 0);
    let def = crate::operations::find("files.put")
        .ok_or_else(|| throw(context, Error::usage("there is no operation `files.put`")))?;
    let mut named = map_from_rhai(&named);
    named.insert("content".to_owned(), from_rhai(text));
    named.insert("dest".to_owned(), Value::from(path));
    if let Some(why) = named.values().find_map(Value::unknown) {
        return Err(throw(context, Error::unknown(Arc::clone(why))));
    }
    let path = evaluation.path(context, &place);
    let call = evaluation
        .prepare(def, Vec::new(), named, place.clone(), path, None)
        .map_err(|errors| throw_all(context, errors, place.clone()))?;
    let result = evaluation.driver.operation(call);
    result.map(Dynamic::from).map_err(|error| throw_all(context, vec![error], place))
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
        let why = crate::plan::until(label);
        self.overlay.borrow_mut().apply(scopes.clone(), why, commands.effects.clone());
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
        commands: shown(commands),
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
