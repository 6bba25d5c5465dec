//! `local`: files and commands of the controller.

use std::fs;
use std::path::PathBuf;

use rhai::{Dynamic, NativeCallContext};

use super::once;
use crate::error::Error;
use crate::script::convert::Unknown;
use crate::script::current::current;
use crate::script::problem::{Thrown, throw};
use crate::value::{Map, Value};

/// `local`, as a script's value.
#[derive(Clone, Debug)]
pub(super) struct Local;

pub(super) fn locate(path: &str) -> PathBuf {
    let found = current().ok().and_then(|it| it.shared.project.locate(path));
    found.unwrap_or_else(|| PathBuf::from(path))
}

pub(super) fn read_local(path: &str) -> Result<String, Error> {
    fs::read_to_string(locate(path))
        .map_err(|error| Error::usage(format!("cannot read local file `{path}`: {error}")))
}

/// Runs a command on the controller and gives what it printed.
pub(super) fn shell(command: &str, named: &Map) -> Result<Value, Error> {
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
pub(super) fn run(context: &NativeCallContext<'_>, command: &str) -> Result<Dynamic, Thrown> {
    let evaluation = current().map_err(|error| throw(context, error))?;
    if evaluation.driver.acts() {
        return once(context, command, || shell(command, &Map::new()));
    }
    let shown = crate::command::scrub(command).into_owned();
    let told = evaluation.driver.log(&format!("on the controller, once: {shown}"), false);
    told.map_err(|error| throw(context, error))?;
    evaluation.driver.met_unknown();
    Ok(Dynamic::from(Unknown::of(format!("known when `{shown}` has run"))))
}
