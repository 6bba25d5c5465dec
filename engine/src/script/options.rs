//! `options(given, #{ … })`: a function's map of options, checked against what it declares; and `task`.

#![expect(clippy::needless_pass_by_value, reason = "Rhai hands values over")]

use std::sync::Arc;

use rhai::debugger::Debugger;
use rhai::{Dynamic, Engine, FnPtr, NativeCallContext};

use super::convert::{from_rhai, to_rhai};
use super::current::{Evaluation, GivenTask, current};
use super::problem::{Thrown, throw, throw_all};
use super::{pointer, standard};
use crate::error::{Error, did_you_mean};
use crate::place::Place;
use crate::value::{Map, Value};

/// An option without a default: what kind of value it takes, and whether it must be given.
#[derive(Clone, Debug)]
struct Wanted {
    kind: String,
    is_required: bool,
}

/// The kinds of values that `required` and `optional` know.
const KINDS: &[&str] = &["text", "number", "bool", "list", "map", "function", "any"];

pub(super) fn bind(engine: &mut Engine) {
    engine
        .register_type_with_name::<Wanted>("option")
        .register_fn("required", |context: NativeCallContext<'_>, kind: &str| {
            wanted(&context, kind, true)
        })
        .register_fn("optional", |context: NativeCallContext<'_>, kind: &str| {
            wanted(&context, kind, false)
        })
        .register_fn("options", options)
        .register_fn("task", task);
}

fn wanted(
    context: &NativeCallContext<'_>,
    kind: &str,
    is_required: bool,
) -> Result<Wanted, Thrown> {
    if KINDS.contains(&kind) {
        return Ok(Wanted { kind: kind.to_owned(), is_required });
    }
    let mut error = Error::usage(format!("an option cannot be `{kind}`"));
    error.hint = Some(format!("it is one of {}", KINDS.join(", ")));
    Err(throw(context, error))
}

/// Checks what a function was given against the options that it declares: a map of names to defaults,
/// `required("text")` or `optional("text")`. A default says what kind of value is taken. Every mistake
/// is told at once, at the line of whoever called the function. Gives all options with their values.
fn options(
    context: NativeCallContext<'_>,
    given: Dynamic,
    declared: rhai::Map,
) -> Result<rhai::Map, Thrown> {
    let (called, place) = caller(&context);
    let mut given = given;
    pointer::make_portable(&mut given);
    check(&called, given, declared).map_err(|errors| throw_all(&context, errors, place))
}

fn check(called: &str, given: Dynamic, declared: rhai::Map) -> Result<rhai::Map, Vec<Error>> {
    let Some(mut given) = given.clone().try_cast::<rhai::Map>() else {
        let kind = from_rhai(&given).kind();
        return Err(vec![
            Error::usage(format!("`{called}` takes a map of options, not {kind}"))
                .hint(format!("write {called}(#{{ … }})")),
        ]);
    };
    let mut errors: Vec<Error> = given
        .keys()
        .filter(|key| !declared.contains_key(*key))
        .map(|key| unknown(called, key, declared.keys().map(AsRef::as_ref)))
        .collect();
    let mut all = rhai::Map::new();
    for (name, default) in declared {
        let value = given.remove(&name).filter(|it| !it.is_unit());
        match read(called, &name, value, default) {
            Ok(value) => drop(all.insert(name, value)),
            Err(error) => errors.push(error.argument(name.as_str())),
        }
    }
    if errors.is_empty() { Ok(all) } else { Err(errors) }
}

/// The error for an option that a function does not have.
pub(super) fn unknown<'n>(
    called: &str,
    key: &str,
    known: impl Iterator<Item = &'n str> + Clone,
) -> Error {
    let mut error = Error::usage(format!("`{called}` has no option `{key}`"));
    error.hint = did_you_mean(key, known.clone()).or_else(|| {
        let known: Vec<&str> = known.collect();
        Some(format!("it has {}", known.join(", ")))
    });
    error.argument(key)
}

/// The error for an option that must be given.
pub(super) fn missing(called: &str, name: &str) -> Error {
    Error::usage(format!("`{called}` needs the option `{name}`"))
}

fn read(
    called: &str,
    name: &str,
    value: Option<Dynamic>,
    default: Dynamic,
) -> Result<Dynamic, Error> {
    let wanted = default.read_lock::<Wanted>().map(|it| it.clone());
    let Some(value) = value else {
        return match wanted {
            Some(wanted) if wanted.is_required => Err(missing(called, name)),
            Some(_) => Ok(Dynamic::UNIT),
            None => Ok(default),
        };
    };
    let kind = kind_wanted(&default);
    let kind = kind.as_str();
    fit(kind, value).map_err(|value| {
        let takes = match kind {
            "number" => "a whole number",
            "bool" => "true or false",
            "text" => "text",
            other => {
                return Error::usage(format!(
                    "option `{name}` takes a {other}, not {}",
                    value.kind()
                ));
            }
        };
        Error::usage(format!("option `{name}` takes {takes}, not {}", value.kind()))
    })
}

fn kind_of(default: &Value) -> &'static str {
    match default {
        Value::Text(_) | Value::Word(_) | Value::Secret(_) => "text",
        Value::Int(_) => "number",
        Value::Bool(_) => "bool",
        Value::List(_) => "list",
        Value::Map(_) => "map",
        Value::Function(_) => "function",
        _ => "any",
    }
}

/// The value, if it is of that kind; one thing alone will do as a list of it.
fn fit(kind: &str, given: Dynamic) -> Result<Dynamic, Value> {
    match (kind, from_rhai(&given)) {
        (_, Value::Unknown(_))
        | ("any", _)
        | ("text", Value::Text(_) | Value::Secret(_))
        | ("number", Value::Int(_))
        | ("bool", Value::Bool(_))
        | ("list", Value::List(_))
        | ("map", Value::Map(_))
        | ("function", Value::Function(_)) => Ok(given),
        ("list", Value::Text(_) | Value::Map(_) | Value::Function(_)) => Ok(vec![given].into()),
        (_, other) => Err(other),
    }
}

/// The function that asked for its options, as its caller writes it, and the place of that call: the
/// innermost one that is not in the standard library.
fn caller(context: &NativeCallContext<'_>) -> (String, Place) {
    let stack = context.debugger().map(Debugger::call_stack).unwrap_or_default();
    let file_of = |index: usize| stack.get(index).and_then(|it| it.source.as_deref());
    let own = stack.len().checked_sub(2);
    let called = own.and_then(|index| {
        let file = file_of(index)?;
        let module = file.rsplit('/').next()?.strip_suffix(".rhai")?;
        Some(format!("{module}::{}", stack.get(index)?.fn_name))
    });
    let script = current().map(|it| it.trail.borrow().file()).unwrap_or_default();
    let mut index = own;
    while let Some(at) = index {
        // A frame stands in the file of the frame around it.
        let outer =
            at.checked_sub(1).and_then(file_of).map_or_else(|| Arc::clone(&script), Arc::from);
        let (Some(frame), false) = (stack.get(at), standard::is_library(&outer)) else {
            index = at.checked_sub(1);
            continue;
        };
        let place = Place {
            file: outer,
            line: frame.pos.line().unwrap_or(0),
            column: frame.pos.position().unwrap_or(1),
        };
        return (called.unwrap_or_else(|| "this function".to_owned()), place);
    }
    (called.unwrap_or_else(|| "this function".to_owned()), Evaluation::place(context, 0))
}

/// The place of a call in the user's own script: of the innermost one that is not in the standard library.
pub(super) fn user_place(context: &NativeCallContext<'_>) -> Place {
    user_place_or(context, &Evaluation::place(context, 0))
}

/// The same for a call at `direct`.
pub(super) fn user_place_or(context: &NativeCallContext<'_>, direct: &Place) -> Place {
    if standard::is_library(&direct.file) { caller(context).1 } else { direct.clone() }
}

/// `task("rollback", "Goes back.", #{ steps: 1 }, |given| { … })`: what the script can be told to do
/// instead of what stands at its top level: `infra INVENTORY deploy.rhai rollback --steps 2`.
fn task(
    context: NativeCallContext<'_>,
    name: &str,
    about: &str,
    declared: rhai::Map,
    body: FnPtr,
) -> Result<(), Thrown> {
    let evaluation = current().map_err(|error| throw(&context, error))?;
    let mut tasks = evaluation.tasks.borrow_mut();
    if tasks.contains_key(name) {
        let error = Error::usage(format!("there is a task `{name}` already"))
            .hint("two apps in one script need different names for their tasks");
        return Err(throw_all(&context, vec![error], caller(&context).1));
    }
    let run = {
        let stored = super::callback::Callback::new(body, &context);
        GivenTask { about: about.to_owned(), declared, run: stored }
    };
    tasks.insert(name.to_owned(), run);
    Ok(())
}

/// Runs a task with arguments from the command line.
pub(super) fn run_task(
    name: &str,
    task: &GivenTask,
    arguments: &Map,
) -> Result<Result<Dynamic, Thrown>, Vec<Error>> {
    let words = arguments.iter().map(|(key, value)| {
        let default = task.declared.get(key.as_str());
        let is_text = default.is_some_and(|it| kind_wanted(it) == "text");
        let value = match value.clone() {
            Value::Word(word) if is_text => Value::Text(word),
            other => other.settle(),
        };
        (key.as_str().into(), to_rhai(value))
    });
    let given = check(name, words.collect::<rhai::Map>().into(), task.declared.clone())?;
    Ok(task.run.call_with(vec![given.into()]))
}

/// What kind of value an option takes, by its declaration.
fn kind_wanted(default: &Dynamic) -> String {
    match default.read_lock::<Wanted>() {
        Some(wanted) => wanted.kind.clone(),
        None => kind_of(&from_rhai(default)).to_owned(),
    }
}
