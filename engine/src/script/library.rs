//! Functions that scripts have besides operations: `env`, `secret`, `local`, `console`, `include`,
//! `deploy`, `config`. What the controller is asked or told to do happens once per run, however many
//! hosts there are and however often a script is evaluated.

#![expect(clippy::needless_pass_by_value, reason = "Rhai hands values over")]

mod config;
mod console;
mod deploy;
mod include;
mod local;

pub(super) use config::no_option;
pub(super) use deploy::not_global;
pub(super) use include::no_script;

use rhai::{Dynamic, Engine, FnPtr, ImmutableString, NativeCallContext};

use super::convert::{Unknown, from_rhai, map_from_rhai, secret, to_rhai};
use super::current::{Evaluation, current};
use super::problem::{Thrown, throw};
use crate::error::Error;
use crate::value::{Map, Value};
use config::{Config, set_config};
use console::{Console, bind_console};
use deploy::deploy;
use include::include;
use local::{Local, locate, read_local, run, shell};

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
        Value::Unknown(why) => Unknown::of(why).mark(),
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
