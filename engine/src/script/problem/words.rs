//! What Rhai's errors say, in our words.

use rhai::EvalAltResult;

use super::habits;
use crate::error::{Error, ErrorKind, closest, did_you_mean};
use crate::script::bind;

/// Rhai's error in our words.
pub(super) fn explain(error: &EvalAltResult, module: Option<&str>) -> Error {
    let mut explained = in_words(error, module);
    if is_about_unknown(error) {
        explained.kind = ErrorKind::Unknown;
    }
    explained
}

/// Whether it is a value that is not known yet that Rhai cannot work with.
fn is_about_unknown(error: &EvalAltResult) -> bool {
    let types = match error {
        EvalAltResult::ErrorFunctionNotFound(signature, _) => signature,
        EvalAltResult::ErrorMismatchDataType(_, found, _) => found,
        EvalAltResult::ErrorIndexingType(message, _) => message,
        _ => return false,
    };
    types.split(|it: char| !it.is_alphanumeric()).any(|it| it.eq_ignore_ascii_case("unknown"))
}

fn in_words(error: &EvalAltResult, module: Option<&str>) -> Error {
    match error {
        EvalAltResult::ErrorParsing(kind, _) => {
            let mut message = kind.to_string();
            lower(&mut message);
            Error::usage(message)
        }
        EvalAltResult::ErrorFunctionNotFound(signature, _) => function_not_found(signature, module),
        EvalAltResult::ErrorVariableNotFound(name, _) => {
            let mut error = Error::usage(format!("there is no variable `{name}`"));
            error.hint = unknown_variable(name);
            error
        }
        EvalAltResult::ErrorModuleNotFound(name, _) => no_module(name),
        EvalAltResult::ErrorRuntime(value, _) => Error::usage(value.to_string()),
        EvalAltResult::ErrorMismatchDataType(expected, found, _) => {
            let found = friendly_type(found);
            let expected = friendly_type(expected);
            let is_module = found == MODULE;
            let mut error = Error::usage(format!("{expected} is needed here, not {found}"));
            error.hint = is_module
                .then(|| "operations need no import: they are there in every script".to_owned());
            error
        }
        EvalAltResult::ErrorStackOverflow(_) => Error::usage(format!(
            "functions call each other more than {} deep",
            crate::script::engine::CALL_LEVELS
        ))
        .hint("a function that calls itself must end at some time"),
        EvalAltResult::ErrorTooManyOperations(_) => {
            Error::usage("the script does not end: it has taken more steps than any should")
                .hint("look for a loop without end; work on large data is for a command")
        }
        EvalAltResult::ErrorDotExpr(what, _) if no_property(what).is_some() => {
            no_property(what).unwrap_or_else(|| Error::usage(what.as_str()))
        }
        other => {
            let mut message = other.to_string();
            // Rhai adds the position, which the place tells better.
            if let Some(at) = message.rfind(" (line ") {
                message.truncate(at);
            }
            lower(&mut message);
            Error::usage(message)
        }
    }
}

/// Advice for a variable that is not there. Inventories and data have none of those of deploy scripts.
fn unknown_variable(name: &str) -> Option<String> {
    if bind::names().any(|it| it == name) {
        return Some(format!(
            "`{name}` is there in deploy scripts only, and the inventory comes before them: \
             infra INVENTORY deploy.rhai"
        ));
    }
    habits::of_name(name).map(str::to_owned).or_else(|| did_you_mean(name, bind::names()))
}

/// The error for a script that is not there to import.
pub(crate) fn no_module(name: &str) -> Error {
    let error = Error::usage(format!("there is no module `{name}` to import"));
    if bind::names().any(|it| it == name) {
        return error.hint(format!("`{name}` needs no import: it is there in every script"));
    }
    error.hint(
        "project modules are named by path without `.rhai`; the standard library is \"std/…\"",
    )
}

/// `usr (module, map)`: a missing operation of a module, or a missing function.
fn function_not_found(signature: &str, module: Option<&str>) -> Error {
    let (name, types) = signature.split_once(" (").unwrap_or((signature, ""));
    let name = name.rsplit("::").next().unwrap_or(name);
    if types.starts_with("module") {
        let module = module.unwrap_or("the module");
        let known: Vec<&str> = crate::operations::all()
            .filter(|def| def.module() == module)
            .map(crate::operation::OpDef::short_name)
            .collect();
        if known.contains(&name) {
            return Error::usage(format!(
                "`{module}.{name}` cannot be called with these arguments"
            ))
            .hint("positional arguments come first, then one map of named ones");
        }
        let mut error = Error::usage(format!("`{module}` has no operation `{name}`"));
        error.hint = did_you_mean(name, known.iter().copied()).or_else(|| elsewhere(name));
        return error;
    }
    let mut error = Error::usage(format!("there is no function `{name}`"));
    if !types.is_empty() {
        // One parenthesis ends the list; a second one belongs to the type `()`.
        let types = types.strip_suffix(')').unwrap_or(types);
        let given: Vec<_> = types.split(", ").map(friendly_type).collect();
        error.message = format!("there is no function `{name}` that takes {}", given.join(", "));
    }
    error.hint = habits::of_name(name)
        .map(str::to_owned)
        .or_else(|| closest(name, bind::functions()).map(|it| format!("did you mean `{it}`?")));
    error
}

/// The modules that have an operation of that name.
pub(crate) fn elsewhere(name: &str) -> Option<String> {
    let found: Vec<_> = crate::operations::all()
        .filter(|def| def.short_name() == name)
        .map(|def| format!("`{}`", def.name))
        .take(4)
        .collect();
    (!found.is_empty()).then(|| format!("there is {}", found.join(", ")))
}

/// The error for a property that a value does not have, from Rhai's sentence about it.
fn no_property(sentence: &str) -> Option<Error> {
    let rest = sentence.strip_prefix("Unknown property '")?;
    let (name, rest) = rest.split_once('\'')?;
    let (_, kind) = rest.strip_suffix('\'')?.rsplit_once('\'')?;
    Some(Error::usage(format!("{} has no `{name}`", friendly_type(kind))))
}

/// What a module of operations is called.
const MODULE: &str = "a module";

fn friendly_type(name: &str) -> String {
    let name = name.split(" | ").next().unwrap_or(name);
    match name.rsplit("::").next().unwrap_or(name).trim() {
        "&str" | "ImmutableString" | "String" | "string" => "text".to_owned(),
        "i64" => "a whole number".to_owned(),
        "f64" => "a number".to_owned(),
        "bool" => "true or false".to_owned(),
        "map" | "Map" => "a map".to_owned(),
        "array" | "Array" => "a list".to_owned(),
        "()" => "nothing `()`".to_owned(),
        "Fn" => "a function".to_owned(),
        "Namespace" => MODULE.to_owned(),
        other => format!("`{other}`"),
    }
}

/// A sentence without the capital letter at its beginning.
pub(super) fn lower(text: &mut String) {
    if let Some(first) = text.chars().next()
        && text.chars().nth(1).is_some_and(char::is_lowercase)
    {
        text.replace_range(..first.len_utf8(), &first.to_lowercase().to_string());
    }
}
