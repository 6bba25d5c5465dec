//! `operation_define` and `fact_define`: what scripts define, and how it is planned and answered.
//!
//! The declaration has become a row of the tables before anything is evaluated (`check/define.rs`). What
//! the evaluation adds is the functions: the body of an operation, the parser of a fact.

#![expect(clippy::needless_pass_by_value, reason = "Rhai hands values over")]

use std::cell::RefCell;
use std::collections::HashMap;
use std::fmt;
use std::rc::Rc;
use std::sync::{Arc, Mutex, PoisonError};

use rhai::{Dynamic, Engine, FnPtr, NativeCallContext};

use super::body::{self, Body};
use super::callback::Callback;
use super::convert::map_from_rhai;
use super::current::{Evaluation, current, with};
use super::problem::{Thrown, throw};
use crate::command::{Commands, Scope, Shell};
use crate::definition::{self, Arguments, Definition};
use crate::error::{Error, ErrorKind, Result};
use crate::event::Event;
use crate::fact::{Answer, AnyFact, Question, QuestionId, key_of};
use crate::host::Host;
use crate::operation::Operation;
use crate::value::{Map, Value};
use crate::{facts, operations};

/// What the operations and facts do that scripts have defined so far, by name.
pub(super) type Definitions = Rc<RefCell<HashMap<String, Defined>>>;

/// What a script defined.
#[derive(Clone, Debug)]
pub(super) enum Defined {
    /// The body of an operation.
    Operation(Box<Callback>),
    /// What a fact asks and how it reads the answer: the second argument of `fact_define`.
    Fact(Arc<Map>),
}

/// Binds the two functions, and what the body of an operation is given.
pub(super) fn bind(engine: &mut Engine) {
    engine
        .register_fn("operation_define", define_operation)
        .register_fn("fact_define", define_fact);
    body::bind(engine);
}

fn define_operation(
    context: NativeCallContext<'_>,
    name: &str,
    _declaration: rhai::Map,
    body: FnPtr,
) -> Result<(), Thrown> {
    let known = operations::find(name).is_some_and(crate::operation::OpDef::is_defined);
    let body = Callback::new(body, &context);
    define(&context, "operation", name, known, Defined::Operation(Box::new(body)))
}

fn define_fact(
    context: NativeCallContext<'_>,
    name: &str,
    declaration: rhai::Map,
) -> Result<(), Thrown> {
    let known = facts::find(name).is_some_and(crate::fact::FactDef::is_defined);
    let mut declaration = Dynamic::from(declaration);
    Callback::keep_contexts(&mut declaration, &context);
    let map = declaration.as_map_ref().map(|map| map_from_rhai(&map)).unwrap_or_default();
    define(&context, "fact", name, known, Defined::Fact(Arc::new(map)))
}

fn define(
    context: &NativeCallContext<'_>,
    what: &str,
    name: &str,
    known: bool,
    defined: Defined,
) -> Result<(), Thrown> {
    let evaluation = current().map_err(|error| throw(context, error))?;
    if !known {
        let error = Error::usage(format!("the {what} `{name}` was not found by reading the scripts"))
            .hint("write its name as text, in a file of the folder `definitions` or in one that a script includes by name");
        return Err(throw(context, error));
    }
    evaluation.definitions.borrow_mut().insert(name.to_owned(), defined);
    Ok(())
}

/// What a script defined, if the evaluation has come to it.
fn defined(definition: &Definition) -> Result<Defined> {
    let evaluation = current()?;
    let found = evaluation.definitions.borrow().get(definition.name).cloned();
    found.ok_or_else(|| {
        Error::usage(format!("`{}` is not defined yet", definition.name))
            .hint(format!("include or import `{}` before it is used", definition.file))
    })
}

/// An operation that a script defines.
struct ScriptOperation {
    definition: &'static Definition,
    arguments: Map,
    /// What its commands touch, once it is planned.
    touched: Mutex<Option<Vec<Scope>>>,
}

impl fmt::Debug for ScriptOperation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.definition.name, Value::Map(self.arguments.clone()))
    }
}

/// Makes the operation of a call.
pub(super) fn operation(
    definition: &'static Definition,
    arguments: Arguments,
) -> Box<dyn Operation> {
    Box::new(ScriptOperation { definition, arguments: arguments.all, touched: Mutex::new(None) })
}

impl Operation for ScriptOperation {
    fn plan(&self, host: &Host<'_>) -> Result<Commands> {
        self.plan_from(host, &[])
    }

    fn plan_rest(&self, host: &Host<'_>, done: &Commands) -> Result<Commands> {
        let rest = self.plan_from(host, &done.steps)?;
        // What has run before stays done, however often the body is evaluated.
        Ok(Commands { steps: [done.steps.clone(), rest.steps].concat(), ..rest })
    }

    fn touches(&self) -> Vec<Scope> {
        let touched = self.touched.lock().unwrap_or_else(PoisonError::into_inner);
        touched.clone().unwrap_or_else(|| vec![Scope::Anything])
    }
}

impl ScriptOperation {
    /// Evaluates the body; the steps that are `done` have run already.
    fn plan_from(&self, host: &Host<'_>, done: &[String]) -> Result<Commands> {
        let Defined::Operation(callback) = defined(self.definition)? else {
            return Err(Error::usage(format!("`{}` is not an operation", self.definition.name)));
        };
        let outer = current()?;
        let body = Body::new(&outer, Arc::clone(host.context()), done);
        let inside = outer.inside(Rc::clone(&body), self.definition.name);
        let arguments = super::convert::map_to_rhai(self.arguments.clone());
        let ended = with(&inside, || {
            callback.call_raw(&[Dynamic::from(arguments), Dynamic::from(body::Handle)])
        });
        let planned = body.finish(ended.map(|_| ()).map_err(|error| located(&error)));
        let mut touched = self.touched.lock().unwrap_or_else(PoisonError::into_inner);
        *touched = match &planned {
            Ok((commands, scopes)) if !commands.again => Some(scopes.clone()),
            _ => None,
        };
        planned.map(|(commands, _)| commands)
    }
}

/// The error of a body, with the place in it: the call itself is pointed at from outside.
fn located(error: &rhai::EvalAltResult) -> Error {
    let (mut error, place) = super::problem::carried_from(error);
    if let Some(place) = place.filter(|_| error.kind == ErrorKind::Usage) {
        error.message = format!("{place}: {}", error.message);
        error.argument = None;
    }
    error
}

impl Evaluation {
    /// The evaluation of an operation's body: the same host, but its calls are planned, not done.
    fn inside(&self, driver: Rc<Body>, name: &'static str) -> Rc<Self> {
        Rc::new(Self {
            driver,
            host: Arc::clone(&self.host),
            inventory: Arc::clone(&self.inventory),
            shared: Arc::clone(&self.shared),
            trail: RefCell::default(),
            blocks: RefCell::default(),
            config: RefCell::default(),
            modules: self.modules.clone(),
            tasks: RefCell::default(),
            definitions: Rc::clone(&self.definitions),
            body: Some(name),
        })
    }
}

/// A fact that a script defines.
#[derive(Clone)]
struct ScriptFact {
    definition: &'static Definition,
    arguments: Arguments,
}

impl fmt::Debug for ScriptFact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.definition.name, self.key())
    }
}

/// Makes the fact of a call.
pub(super) fn fact(definition: &'static Definition, arguments: Arguments) -> Box<dyn AnyFact> {
    Box::new(ScriptFact { definition, arguments })
}

/// What the command of a script's fact printed; `None` where its program is missing.
#[derive(Debug)]
struct Printed(Option<String>);

impl AnyFact for ScriptFact {
    fn answer(&self, host: &Host<'_>) -> Result<Answer> {
        let Defined::Fact(spec) = defined(self.definition)? else {
            return Err(Error::usage(format!("`{}` is not a fact", self.definition.name)));
        };
        let id = QuestionId {
            fact: self.definition.name,
            key: self.key(),
            context: Arc::clone(host.context()),
        };
        let answer = match host.known(&id) {
            Some(known) => known?,
            None => host.ask(self.question(id, &spec)?)?,
        };
        // What a fake host was given is the answer itself.
        let Some(printed) = answer.downcast::<Printed>() else { return Ok(answer) };
        let value = self.read(&spec, &printed)?.to_json();
        let listener = &current()?.shared.listener;
        if listener.wants_answers() {
            listener.event(&Event::Answer {
                host: host.identity().name,
                fact: self.definition.name.to_owned(),
                key: self.key(),
                value: value.clone(),
            });
        }
        Ok(Answer::json(value))
    }

    fn key(&self) -> String {
        key_of(&self.arguments.given)
    }

    fn arguments(&self) -> Map {
        self.arguments.given.clone()
    }
}

impl ScriptFact {
    fn question(&self, id: QuestionId, spec: &Map) -> Result<Question> {
        let command = match spec.get("command") {
            Some(Value::Function(function)) => function.call(vec![self.all()])?,
            Some(text) => text.clone(),
            None => Value::Unit,
        };
        let Value::Text(command) = command else {
            return Err(match command.unknown() {
                Some(why) => Error::unknown(Arc::clone(why)),
                None => Error::usage(format!(
                    "the command of the fact `{}` is {}, not text",
                    self.definition.name,
                    command.kind()
                )),
            });
        };
        let requires = match spec.get("requires") {
            Some(Value::Text(program)) => Some(definition::keep(program)),
            _ => None,
        };
        let parse = |output: Option<&[u8]>| {
            let text = output.map(|bytes| String::from_utf8_lossy(bytes).into_owned());
            Ok(Answer::opaque(Arc::new(Printed(text))))
        };
        Ok(Question {
            id,
            command: Shell::verbatim(command),
            requires,
            reads: scopes(spec.get("reads")),
            together: None,
            parse: Arc::new(parse),
        })
    }

    /// The answer in what was printed. A program that is missing, or that prints nothing, gives the
    /// default.
    fn read(&self, spec: &Map, printed: &Printed) -> Result<Value> {
        let Some(text) = printed.0.as_deref().map(|it| it.trim_end_matches('\n')) else {
            return Ok(spec.get("default").cloned().unwrap_or_default());
        };
        if text.is_empty() && spec.contains_key("default") {
            return Ok(spec.get("default").cloned().unwrap_or_default());
        }
        let Some(Value::Function(parse)) = spec.get("parse") else {
            return Ok(Value::from(text));
        };
        parse.call(vec![Value::from(text), self.all()]).map_err(|error| match error.kind {
            ErrorKind::Usage => Error::failed(format!(
                "could not read fact `{}` from {:?}: {}",
                self.definition.name,
                crate::command::scrub(text).chars().take(200).collect::<String>(),
                error.message
            )),
            _ => error,
        })
    }

    fn all(&self) -> Value {
        Value::Map(self.arguments.all.clone())
    }
}

/// Parts of a host as scripts write them: paths with all below them, or topics such as `packages`.
pub(super) fn scopes(reads: Option<&Value>) -> Vec<Scope> {
    let one = |it: &Value| match it {
        Value::Text(path) if path.starts_with('/') => Scope::tree(path.as_str()),
        Value::Text(topic) => Scope::Topic(definition::keep(topic)),
        _ => Scope::Anything,
    };
    match reads {
        Some(Value::List(all)) => all.iter().map(one).collect(),
        Some(Value::Unit) | None => vec![Scope::Anything],
        Some(single) => vec![one(single)],
    }
}
