//! Whether an operation runs at all: `_if`, and the guards `_creates`, `_removes`, `_unless`, `_only_if`.

use crate::args::{Guards, OneOrMany};
use crate::error::{Error, Result};
use crate::facts::files::Entry;
use crate::facts::server::Succeeds;
use crate::host::Host;
use crate::options::GlobalArgs;
use crate::value::Value;

/// What conditions and guards say.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Gate {
    /// The operation runs.
    Open,
    /// It does not; why.
    Closed(String),
}

/// Asks all conditions and guards of a call. All must agree.
pub(crate) fn gate(globals: &GlobalArgs, host: &Host<'_>) -> Result<Gate> {
    if let Some(condition) = &globals.condition
        && !condition.truth()?
    {
        return Ok(Gate::Closed("its condition is false".to_owned()));
    }
    // An absolute path is the same from everywhere, also while `_chdir` does not exist yet.
    let anywhere = host.anywhere();
    want_all(globals, host);
    for paths in groups(globals.creates.as_ref()) {
        if all(paths, |path| exists(&anywhere, host, path))? {
            return Ok(Gate::Closed(all_are(paths, "exists", "exist")));
        }
    }
    for paths in groups(globals.removes.as_ref()) {
        if all(paths, |path| exists(&anywhere, host, path).map(|found| !found))? {
            return Ok(Gate::Closed(all_are(paths, "is absent", "are absent")));
        }
    }
    for command in globals.unless.iter().flat_map(|it| it.iter()) {
        if *host.fact(&Succeeds { command: command.clone() })? {
            return Ok(Gate::Closed(format!("`{command}` succeeds")));
        }
    }
    for command in globals.only_if.iter().flat_map(|it| it.iter()) {
        if !*host.fact(&Succeeds { command: command.clone() })? {
            return Ok(Gate::Closed(format!("`{command}` fails")));
        }
    }
    Ok(Gate::Open)
}

/// Whether a `_precondition` or `_postcondition` holds: a function, or a command on the host.
pub(crate) fn holds(condition: &Value, host: &Host<'_>) -> Result<bool> {
    match condition {
        Value::Text(command) | Value::Word(command) => {
            Ok(*host.fact(&Succeeds { command: command.clone() })?)
        }
        other => other.truth(),
    }
}

/// The groups of a guard that name anything.
fn groups(guards: Option<&Guards>) -> impl Iterator<Item = &OneOrMany<String>> {
    guards.into_iter().flat_map(|it| &it.0).filter(|group| !group.is_empty())
}

fn all_are(paths: &[String], one: &str, many: &str) -> String {
    let verb = if paths.len() == 1 { one } else { many };
    format!("{} {verb}", paths.join(" and "))
}

fn want_all(globals: &GlobalArgs, host: &Host<'_>) {
    let (creates, removes) = (groups(globals.creates.as_ref()), groups(globals.removes.as_ref()));
    for path in creates.chain(removes).flat_map(|it| it.iter()) {
        let host = if path.starts_with('/') { &host.anywhere() } else { host };
        host.want(&Entry { path: path.clone() });
    }
    for command in globals.unless.iter().chain(&globals.only_if).flat_map(|it| it.iter()) {
        host.want(&Succeeds { command: command.clone() });
    }
}

fn exists(anywhere: &Host<'_>, host: &Host<'_>, path: &str) -> Result<bool> {
    let host = if path.starts_with('/') { anywhere } else { host };
    Ok(host.fact(&Entry { path: path.to_owned() })?.is_some())
}

fn all(paths: &[String], test: impl Fn(&str) -> Result<bool, Error>) -> Result<bool> {
    for path in paths {
        if !test(path)? {
            return Ok(false);
        }
    }
    Ok(true)
}
