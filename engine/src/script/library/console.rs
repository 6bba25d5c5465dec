//! `console`: what a script says to the people at the terminal, and asks them.

use rhai::{Dynamic, Engine, NativeCallContext};

use super::{display, once};
use crate::error::{Error, did_you_mean};
use crate::script::convert::readable;
use crate::script::current::current;
use crate::script::problem::Thrown;
use crate::value::Value;

/// `console`, as a script's value.
#[derive(Clone, Debug)]
pub(super) struct Console;

pub(super) fn bind_console(engine: &mut Engine) {
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
