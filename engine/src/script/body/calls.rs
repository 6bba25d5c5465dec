//! `op`, as the body of an operation sees it: `op.shell`, `op.put`, `op.noop` and `op.attribute`.

#![expect(clippy::needless_pass_by_value, reason = "Rhai hands values over")]

use std::sync::Arc;

use rhai::{Dynamic, Engine, NativeCallContext};

use super::{Body, step_name};
use crate::command::{Scope, Secret, quote};
use crate::error::{Error, Result, did_you_mean};
use crate::script::convert::{from_rhai, map_from_rhai};
use crate::script::current::{Evaluation, current};
use crate::script::problem::{Thrown, throw, throw_all};
use crate::script::result::OpResult;
use crate::value::Value;

/// The second argument of a body: `op`.
#[derive(Clone, Debug)]
pub(crate) struct Handle;

/// Binds `op`.
pub(crate) fn bind(engine: &mut Engine) {
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
            let why = crate::script::convert::readable(why);
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
                let [before, after] = [before, after].map(|it| {
                    crate::script::convert::readable(&crate::script::library::display(&it))
                });
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
            "touches" => touches = crate::script::define::scopes(Some(&value)),
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
