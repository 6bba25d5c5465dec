//! Functions that scripts have besides operations: `env`, `secret`, `local`, `console`, `include`,
//! `deploy`, `config`. What the controller is asked or told to do happens once per run, however many
//! hosts there are and however often a script is evaluated.

#![expect(clippy::needless_pass_by_value, reason = "Rhai hands values over")]

use std::fs;
use std::path::{Path, PathBuf};

use rhai::{Dynamic, Engine, FnPtr, ImmutableString, NativeCallContext, Scope};

use super::callback::Callback;
use super::convert::{Unknown, from_rhai, map_from_rhai, readable, secret, to_rhai};
use super::current::{Block, Evaluation, Limits, current};
use super::problem::{Thrown, throw, throw_all};
use crate::error::{Error, did_you_mean};
use crate::options::GlobalArgs;
use crate::value::{Map, Value};

/// `local`, as a script's value.
#[derive(Clone, Debug)]
struct Local;

/// `console`, as a script's value.
#[derive(Clone, Debug)]
struct Console;

/// `config`, as a script's value.
#[derive(Clone, Debug)]
struct Config;

/// Binds what inventories, data files and deploy scripts all have.
pub(super) fn bind_common(engine: &mut Engine) {
    engine
        .register_fn("env", |context: NativeCallContext<'_>, name: &str| {
            match std::env::var(name) {
                Ok(text) => Ok(ImmutableString::from(text)),
                Err(_) => Err(throw(
                    &context,
                    Error::usage(format!("the environment variable `{name}` is not set"))
                        .hint(format!("set it, or give a fallback: env(\"{name}\", …)")),
                )),
            }
        })
        .register_fn("env", |name: &str, fallback: Dynamic| {
            std::env::var(name).map_or(fallback, Dynamic::from)
        })
        .register_fn("secret", |text: &str| secret(text))
        .register_fn("secret_env", |context: NativeCallContext<'_>, name: &str| {
            std::env::var(name).map(|text| secret(&text)).map_err(|_| {
                throw(
                    &context,
                    Error::usage(format!("the environment variable `{name}` is not set"))
                        .hint("the secret is read from it"),
                )
            })
        })
        .register_fn("secret_file", |context: NativeCallContext<'_>, path: &str| {
            let text = read_local(path).map_err(|error| throw(&context, error))?;
            Ok::<_, Thrown>(secret(text.trim_end_matches(['\n', '\r'])))
        })
        .register_fn("secret_command", |context: NativeCallContext<'_>, command: &str| {
            let text =
                once(&context, &format!("secret {command}"), || shell(command, &Map::new()))?;
            Ok::<_, Thrown>(secret(&text.to_string()))
        });
    engine.register_fn("quote", quoted);
    engine
        .register_type_with_name::<Local>("local")
        .register_fn("read", |context: NativeCallContext<'_>, _: &mut Local, path: &str| {
            read_local(path).map_err(|error| throw(&context, error))
        })
        .register_fn("exists", |_: &mut Local, path: &str| locate(path).exists())
        .register_fn("run", |context: NativeCallContext<'_>, _: &mut Local, command: &str| {
            run(&context, command)
        })
        .register_fn("shell", |context: NativeCallContext<'_>, _: &mut Local, command: &str| {
            once(&context, command, || shell(command, &Map::new()))
        })
        .register_fn(
            "shell",
            |context: NativeCallContext<'_>, _: &mut Local, command: &str, named: rhai::Map| {
                let named = map_from_rhai(&named);
                once(&context, command, || shell(command, &named))
            },
        );
    let mut names = rhai::Module::new();
    names.set_var("local", Local);
    engine.register_global_module(names.into());
    super::unknown::bind(engine);
    super::text::bind(engine);
}

/// Binds what deploy scripts have.
pub(super) fn bind(engine: &mut Engine) {
    super::problem::bind(engine);
    bind_console(engine);
    engine
        .register_type_with_name::<Config>("config")
        .register_indexer_set(set_config)
        .register_indexer_get(|_: &mut Config, name: &str| -> Result<Dynamic, Thrown> {
            let evaluation = current().map_err(|error| error.message)?;
            let config = evaluation.config.borrow();
            let key = format!("_{name}");
            let value = config.get(&key).or_else(|| evaluation.shared.globals.get(&key));
            Ok(value.cloned().map_or(Dynamic::UNIT, to_rhai))
        });
    engine
        .register_fn("include", |context: NativeCallContext<'_>, path: &str| {
            include(&context, path, rhai::Map::new())
        })
        .register_fn("include", |context: NativeCallContext<'_>, path: &str, data: rhai::Map| {
            include(&context, path, data)
        })
        .register_fn("deploy", |context: NativeCallContext<'_>, label: &str, body: FnPtr| {
            deploy(&context, label, &rhai::Map::new(), body)
        })
        .register_fn(
            "deploy",
            |context: NativeCallContext<'_>, label: &str, named: rhai::Map, body: FnPtr| {
                deploy(&context, label, &named, body)
            },
        );
    let mut names = rhai::Module::new();
    names.set_var("console", Console);
    names.set_var("config", Config);
    engine.register_global_module(names.into());
}

/// A word, or each of several, as a shell reads it.
fn quoted(it: Dynamic) -> String {
    match from_rhai(&it) {
        Value::List(words) => {
            let words: Vec<String> =
                words.iter().map(|it| crate::command::quote(&it.to_string())).collect();
            words.join(" ")
        }
        Value::Unknown(why) => Unknown(why).mark(),
        one => crate::command::quote(&one.to_string()),
    }
}

/// A value as `print` shows it.
pub(super) fn display(value: &Dynamic) -> String {
    match from_rhai(value) {
        Value::Unknown(why) => format!("<{why}>"),
        value @ (Value::List(_) | Value::Map(_)) => value.to_json().to_string(),
        _ => value.to_string(),
    }
}

fn locate(path: &str) -> PathBuf {
    let found = current().ok().and_then(|it| it.shared.project.locate(path));
    found.unwrap_or_else(|| PathBuf::from(path))
}

fn read_local(path: &str) -> Result<String, Error> {
    fs::read_to_string(locate(path))
        .map_err(|error| Error::usage(format!("cannot read local file `{path}`: {error}")))
}

/// Runs `work` once per place and run, and gives all hosts its result.
fn once(
    context: &NativeCallContext<'_>,
    what: &str,
    work: impl FnOnce() -> Result<Value, Error>,
) -> Result<Dynamic, Thrown> {
    let Ok(evaluation) = current() else {
        // Inventories and data are read once anyway.
        return work().map(to_rhai).map_err(|error| throw(context, error));
    };
    evaluation.driver.observe().map_err(|error| throw(context, error))?;
    let place = Evaluation::place(context, 0);
    let path = evaluation.path(context, &place);
    let value = evaluation.shared.once(path, what, work);
    value.map(to_rhai).map_err(|error| throw(context, error))
}

/// Runs a command on the controller and gives what it printed.
fn shell(command: &str, named: &Map) -> Result<Value, Error> {
    let ignore = named.get("ignore_errors").is_some_and(|it| matches!(it, Value::Bool(true)));
    let lines = named.get("splitlines").is_some_and(|it| matches!(it, Value::Bool(true)));
    let output = crate::connectors::controller::shell(command)?;
    if output.code != 0 && !ignore {
        let error = String::from_utf8_lossy(&output.stderr).trim().to_owned();
        return Err(Error::usage(format!(
            "the local command `{}` exited with {}",
            crate::command::scrub(command),
            output.code
        ))
        .hint(if error.is_empty() { "it printed no error".to_owned() } else { error }));
    }
    let text = String::from_utf8_lossy(&output.stdout).trim_end_matches('\n').to_owned();
    if lines {
        return Ok(Value::List(text.lines().map(Value::from).collect()));
    }
    Ok(Value::Text(text))
}

/// `local.run(command)`: runs a command on the controller once per run, but not for a plan, in which its
/// output is not known yet.
fn run(context: &NativeCallContext<'_>, command: &str) -> Result<Dynamic, Thrown> {
    let evaluation = current().map_err(|error| throw(context, error))?;
    if evaluation.driver.acts() {
        return once(context, command, || shell(command, &Map::new()));
    }
    let shown = crate::command::scrub(command).into_owned();
    let told = evaluation.driver.log(&format!("on the controller, once: {shown}"), false);
    told.map_err(|error| throw(context, error))?;
    evaluation.driver.met_unknown();
    Ok(Dynamic::from(Unknown(format!("known when `{shown}` has run").into())))
}

fn bind_console(engine: &mut Engine) {
    engine
        .register_type_with_name::<Console>("console")
        .register_fn("print", |context: NativeCallContext<'_>, _: &mut Console, text: Dynamic| {
            let text = readable(&display(&text));
            // Rhai wants text back from whatever is called `print`, and prints it.
            once(&context, "print", || {
                current()?.shared.say(&text, false);
                Ok(Value::from(""))
            })
        })
        .register_fn("confirm", |context: NativeCallContext<'_>, _: &mut Console, text: &str| {
            confirm(&context, text, false)
        })
        .register_fn(
            "confirm",
            |context: NativeCallContext<'_>, _: &mut Console, text: &str, default: bool| {
                confirm(&context, text, default)
            },
        )
        .register_fn("input", |context: NativeCallContext<'_>, _: &mut Console, text: &str| {
            input(&context, text, None)
        })
        .register_fn(
            "input",
            |context: NativeCallContext<'_>, _: &mut Console, text: &str, default: &str| {
                input(&context, text, Some(default))
            },
        )
        .register_fn(
            "choice",
            |context: NativeCallContext<'_>, _: &mut Console, text: &str, all: rhai::Array| {
                choice(&context, text, &all, None)
            },
        )
        .register_fn(
            "choice",
            |context: NativeCallContext<'_>,
             _: &mut Console,
             text: &str,
             all: rhai::Array,
             default: Dynamic| {
                choice(&context, text, &all, Some(default.to_string()))
            },
        );
}

fn confirm(context: &NativeCallContext<'_>, text: &str, default: bool) -> Result<Dynamic, Thrown> {
    once(context, text, || {
        let choices = if default { "Y/n" } else { "y/N" };
        let answer = current()?.shared.ask(&format!("{text} [{choices}] "));
        Ok(Value::Bool(match answer.as_deref().map(str::trim) {
            Some("y" | "Y" | "yes" | "Yes") => true,
            Some("n" | "N" | "no" | "No") => false,
            _ => default,
        }))
    })
}

fn input(
    context: &NativeCallContext<'_>,
    text: &str,
    default: Option<&str>,
) -> Result<Dynamic, Thrown> {
    once(context, text, || {
        let answer = current()?.shared.ask(&format!("{text} "));
        let given = answer.filter(|it| !it.trim().is_empty());
        match (given, default) {
            (Some(given), _) => Ok(Value::Text(given.trim_end_matches('\n').to_owned())),
            (None, Some(default)) => Ok(Value::from(default)),
            (None, None) => Err(Error::usage(format!("nobody can answer {text:?}"))
                .hint("run it on a terminal, or give console.input a default")),
        }
    })
}

fn choice(
    context: &NativeCallContext<'_>,
    text: &str,
    all: &rhai::Array,
    default: Option<String>,
) -> Result<Dynamic, Thrown> {
    let all: Vec<String> = all.iter().map(ToString::to_string).collect();
    once(context, text, || {
        let answer = current()?.shared.ask(&format!("{text} ({}) ", all.join(", ")));
        let given = answer.map(|it| it.trim().to_owned()).filter(|it| !it.is_empty());
        match (given, default) {
            (Some(given), _) if all.contains(&given) => Ok(Value::Text(given)),
            (Some(given), _) => {
                let mut error = Error::usage(format!("{given:?} is none of {}", all.join(", ")));
                error.hint = did_you_mean(&given, all.iter().map(String::as_str));
                Err(error)
            }
            (None, Some(default)) => Ok(Value::Text(default)),
            (None, None) => Err(Error::usage(format!("nobody can answer {text:?}"))
                .hint("run it on a terminal, or give console.choice a default")),
        }
    })
}

fn set_config(
    context: NativeCallContext<'_>,
    _config: &mut Config,
    name: &str,
    value: Dynamic,
) -> Result<(), Thrown> {
    let key = format!("_{name}");
    if !GlobalArgs::knows(&key) {
        return Err(throw(&context, no_option(name)));
    }
    let evaluation = current().map_err(|error| throw(&context, error))?;
    evaluation.config.borrow_mut().insert(key, from_rhai(&value));
    Ok(())
}

/// The error for an option that `config` does not have.
pub(super) fn no_option(name: &str) -> Error {
    let names = GlobalArgs::names().map(|it| it.trim_start_matches('_'));
    let mut error = Error::usage(format!("there is no option `{name}`"));
    error.hint = did_you_mean(name, names)
        .or_else(|| Some("options of the whole run belong in config.rhai".to_owned()));
    error
}

/// The error for a script that is not there to include.
pub(super) fn no_script(path: &str, from: &str) -> Error {
    let folder = Path::new(from).parent().map(|it| it.display().to_string());
    let folder = folder.filter(|it| !it.is_empty());
    Error::usage(format!("there is no script `{path}` to include")).hint(format!(
        "looked in {} and in the working directory",
        folder.as_deref().unwrap_or("the script's own folder")
    ))
}

/// Evaluates another script in place. What it sets in `config` ends with it.
fn include(
    context: &NativeCallContext<'_>,
    path: &str,
    data: rhai::Map,
) -> Result<Dynamic, Thrown> {
    let evaluation = current().map_err(|error| throw(context, error))?;
    let place = Evaluation::place(context, 0);
    let found = evaluation
        .shared
        .find_script(path, &place.file)
        .ok_or_else(|| throw(context, no_script(path, &place.file)))?;
    let script = evaluation.shared.sources.load(context.engine(), &found).map_err(|problem| {
        throw_all(context, vec![problem.error], problem.place.unwrap_or_else(|| place.clone()))
    })?;
    let stack = context.debugger().map(rhai::debugger::Debugger::call_stack).unwrap_or_default();
    let callers = stack.get(..stack.len().saturating_sub(1)).unwrap_or_default();
    let outer = evaluation.trail.borrow_mut().enter(callers, &place, &script.name);
    let config = evaluation.config.borrow().clone();
    evaluation.host.enter(map_from_rhai(&data));
    let mut scope = Scope::new();
    for (name, value) in data {
        scope.push_constant_dynamic(name.to_string(), value);
    }
    let result = context.engine().eval_ast_with_scope::<Dynamic>(&mut scope, &script.ast);
    evaluation.host.leave();
    *evaluation.config.borrow_mut() = config;
    evaluation.trail.borrow_mut().leave(outer);
    result.map_err(|error| super::problem::through(context, error, &script.name))
}

/// Groups operations under one label and passes its global arguments on.
fn deploy(
    context: &NativeCallContext<'_>,
    label: &str,
    named: &rhai::Map,
    body: FnPtr,
) -> Result<Dynamic, Thrown> {
    let evaluation = current().map_err(|error| throw(context, error))?;
    let mut named = Dynamic::from(named.clone());
    Callback::keep_contexts(&mut named, context);
    let globals = named.as_map_ref().map(|map| map_from_rhai(&map)).unwrap_or_default();
    let place = Evaluation::place(context, 0);
    let (limits, globals) =
        limits(globals).map_err(|errors| throw_all(context, errors, place.clone()))?;
    let block = Block { label: label.to_owned(), globals };
    if limits == Limits::default() {
        evaluation.blocks.borrow_mut().push(block);
        let result = super::pointer::call(context, &body, &mut []);
        evaluation.blocks.borrow_mut().pop();
        return result;
    }
    super::together::in_batches(context, &place, limits, label, |_, _| {
        evaluation.blocks.borrow_mut().push(block);
        let result = super::pointer::call(context, &body, &mut []);
        evaluation.blocks.borrow_mut().pop();
        result
    })
}

/// Takes what a block says of how hosts pass it from its arguments; the rest are for its operations. Every
/// mistake at once.
fn limits(mut arguments: Map) -> Result<(Limits, Map), Vec<Error>> {
    let mut errors = Vec::new();
    let mut limits = Limits::default();
    match arguments.shift_remove("_parallel") {
        None | Some(Value::Unit) => {}
        Some(Value::Int(number)) if number >= 0 => {
            limits.at_a_time = usize::try_from(number).unwrap_or(usize::MAX);
        }
        Some(other) => errors.push(wrong("_parallel", "a number of hosts", &other)),
    }
    match arguments.shift_remove("_serial") {
        None | Some(Value::Unit | Value::Bool(false)) => {}
        Some(Value::Bool(true)) => limits.at_a_time = 1,
        Some(other) => errors.push(wrong("_serial", "true or false", &other)),
    }
    match arguments.shift_remove("fail_percent") {
        None | Some(Value::Unit) => {}
        Some(value) => match crate::inventory::percent("fail_percent", &value) {
            Ok(percent) => limits.fail_percent = Some(percent),
            Err(error) => errors.push(error.argument("fail_percent")),
        },
    }
    let unknown = arguments.keys().filter(|key| !GlobalArgs::knows(key));
    errors.extend(unknown.map(|key| not_global(key)));
    if errors.is_empty() { Ok((limits, arguments)) } else { Err(errors) }
}

fn wrong(name: &str, needed: &str, value: &Value) -> Error {
    Error::usage(format!("`{name}` of a deploy block is {needed}, not {}", value.kind()))
        .argument(name)
}

/// The error for an argument that a deploy block does not take.
pub(super) fn not_global(key: &str) -> Error {
    let mut error = Error::usage(format!("`deploy` has no argument `{key}`"));
    error.hint = did_you_mean(key, GlobalArgs::names())
        .or_else(|| Some("a deploy block takes global arguments, like `_sudo`".to_owned()));
    error.argument(key)
}
