//! Rhai's errors as ours: with the place, the calls that led there, and a suggestion.

#![expect(clippy::unnecessary_box_returns, reason = "Rhai throws boxed errors")]

use std::sync::Arc;

use rhai::{
    Dynamic, Engine, EvalAltResult, NativeCallContext, ParseError, ParseErrorType, Position,
};

use super::current::Evaluation;
use super::sources::Sources;
use super::standard;
use crate::error::{Error, ErrorKind, closest, did_you_mean};
use crate::place::{Place, Problem};

/// Errors of the engine on their way through Rhai.
#[derive(Clone, Debug)]
pub(crate) struct Carried {
    errors: Vec<Error>,
    place: Place,
    inside: Option<Box<Place>>,
}

impl Carried {
    /// An error of no known place.
    pub(super) fn of(error: Error) -> Self {
        Self { errors: vec![error], place: Place::default(), inside: None }
    }
}

/// Binds what a script can do with an error that it caught.
pub(super) fn bind(engine: &mut Engine) {
    let message = |it: &Carried| it.errors.first().map_or("", |it| &it.message).to_owned();
    let hint = |it: &Carried| it.errors.first().and_then(|it| it.hint.clone());
    engine
        .register_type_with_name::<Carried>("error")
        .register_fn("to_string", move |it: &mut Carried| message(it))
        .register_fn("to_debug", move |it: &mut Carried| message(it))
        .register_get("message", move |it: &mut Carried| message(it))
        .register_get("hint", move |it: &mut Carried| {
            hint(it).map_or(Dynamic::UNIT, Dynamic::from)
        });
}

/// What a native function returns when the engine says no.
pub(crate) type Thrown = Box<EvalAltResult>;

/// Throws an engine's error through Rhai, from the call of `context`.
///
/// Mistakes of the script can be caught there; what ends the script on this host cannot.
pub(crate) fn throw(context: &NativeCallContext<'_>, error: Error) -> Thrown {
    throw_all(context, vec![error], Evaluation::place(context, 0))
}

/// Throws an engine's error where the call's context is not at hand.
pub(crate) fn throw_here(error: Error) -> Thrown {
    let carried = Dynamic::from(Carried::of(error));
    Box::new(EvalAltResult::ErrorTerminated(carried, Position::NONE))
}

/// Throws several errors, found at `place`.
pub(crate) fn throw_all(
    context: &NativeCallContext<'_>,
    errors: Vec<Error>,
    place: Place,
) -> Thrown {
    let catchable = errors.iter().all(|error| error.kind == ErrorKind::Usage);
    let at = context.call_position();
    // What ends the script comes without the calls that led there.
    let user = super::options::user_place_or(context, &place);
    let inside = (user != place).then(|| Box::new(place));
    let carried = Dynamic::from(Carried { errors, place: user, inside });
    Box::new(if catchable {
        EvalAltResult::ErrorRuntime(carried, at)
    } else {
        EvalAltResult::ErrorTerminated(carried, at)
    })
}

/// The first engine's error in one of Rhai's; a script's own error as a mistake of the script.
pub(crate) fn carried(error: &EvalAltResult) -> Error {
    carried_from(error).0
}

/// The same, with its place as far as it is known.
pub(crate) fn carried_from(error: &EvalAltResult) -> (Error, Option<Place>) {
    let (inner, calls) = innermost(error);
    let file = calls.first().and_then(|call| call.file).map(Arc::from);
    let own = |at: Position| file.as_ref().map(|file| place(file, at));
    match inner {
        EvalAltResult::ErrorRuntime(value, at) | EvalAltResult::ErrorTerminated(value, at) => {
            match value.read_lock::<Carried>() {
                Some(carried) => {
                    let first = carried.errors.first().cloned();
                    let error = first.unwrap_or_else(|| Error::usage("unknown error"));
                    (error, Some(carried.place.clone()))
                }
                None => (Error::usage(value.to_string()), own(*at)),
            }
        }
        other => (explain(other, None), own(other.position())),
    }
}

/// All problems in one of Rhai's errors. `file` is the script that was evaluated.
pub(crate) fn problems(error: &EvalAltResult, file: &Arc<str>, sources: &Sources) -> Vec<Problem> {
    let (inner, calls) = innermost(error);
    // A call names the file in which the called function stands; it stands in that of the next one.
    let file_of = |index: usize| {
        calls.get(index).and_then(|call| call.file).map_or_else(|| Arc::clone(file), Arc::from)
    };
    let inside = file_of(0);
    let calls: Vec<Place> =
        calls.iter().enumerate().map(|(at, call)| place(&file_of(at + 1), call.at)).collect();
    let value = match inner {
        EvalAltResult::ErrorRuntime(value, _) | EvalAltResult::ErrorTerminated(value, _) => value,
        other => return vec![at_users_call(own(other, &calls, &inside, sources), sources)],
    };
    let Some(carried) = value.read_lock::<Carried>() else {
        return vec![at_users_call(own(inner, &calls, &inside, sources), sources)];
    };
    carried
        .errors
        .iter()
        .map(|error| {
            let mut place = carried.place.clone();
            if place.file.is_empty() {
                place.file = Arc::clone(file);
            }
            let text = sources.text(&place.file);
            let mut problem = Problem::at(error.clone(), place, text);
            // An error may be told at one of the calls: what is inside of it led nowhere.
            let told = calls.iter().position(|call| Some(call) == problem.place.as_ref());
            problem.calls = calls.iter().skip(told.map_or(0, |at| at + 1)).cloned().collect();
            problem.inside.clone_from(&carried.inside);
            point_at_argument(&mut problem);
            problem
        })
        .collect()
}

/// A mistake of the standard library, told where the user's script called it.
fn at_users_call(mut problem: Problem, sources: &Sources) -> Problem {
    let is_inside = problem.place.as_ref().is_some_and(|it| standard::is_library(&it.file));
    let user = problem.calls.iter().position(|call| !standard::is_library(&call.file));
    let (true, Some(user)) = (is_inside, user) else { return problem };
    let outer = problem.calls.split_off(user + 1);
    let call = problem.calls.pop();
    problem.source = call.as_ref().and_then(|call| sources.text(&call.file));
    problem.inside = std::mem::replace(&mut problem.place, call).map(Box::new);
    problem.calls = outer;
    problem
}

/// A problem of a script that does not parse.
pub(crate) fn unparsable(error: &ParseError, file: &Arc<str>, text: &Arc<str>) -> Problem {
    let hint = match &*error.0 {
        ParseErrorType::DuplicatedProperty(key) => Some(format!("`{key}` stands twice in one map")),
        ParseErrorType::Reserved(word) => Some(of_the_language(word)),
        ParseErrorType::FnMissingName => word_at(text, error.1).map(|it| of_the_language(&it)),
        _ => None,
    };
    let mut message = error.0.to_string();
    lower(&mut message);
    let mut error_ = Error::usage(message);
    error_.hint = hint;
    let mut at = place(file, error.1);
    if let ParseErrorType::MissingToken(token, _) = &*error.0
        && token == ";"
        && let Some(end) = end_before(text, &at)
    {
        at = end;
    }
    Problem::at(error_, at, Some(Arc::clone(text)))
}

/// Where a statement ends that lacks its `;`: behind the last text before a place at which a line begins.
fn end_before(text: &str, at: &Place) -> Option<Place> {
    let lines: Vec<&str> = text.lines().collect();
    let (current, before) = (lines.get(at.line.checked_sub(1)?)?, lines.get(..at.line - 1)?);
    let is_first = current.chars().take(at.column.checked_sub(1)?).all(char::is_whitespace);
    let line = before.iter().rposition(|it| !it.trim().is_empty()).filter(|_| is_first)?;
    let code = before.get(line)?.trim_end();
    // A comment at the end of the line would have to be told from text.
    (!code.contains("//")).then(|| Place {
        file: Arc::clone(&at.file),
        line: line + 1,
        column: code.chars().count() + 1,
    })
}

fn of_the_language(word: &str) -> String {
    format!("`{word}` is a word of the language; use another name")
}

/// The word at a position.
fn word_at(text: &str, at: Position) -> Option<String> {
    let line = text.lines().nth(at.line()?.checked_sub(1)?)?;
    let rest = line.chars().skip(at.position()?.checked_sub(1)?);
    let word: String = rest.take_while(|it| it.is_alphanumeric() || *it == '_').collect();
    (!word.is_empty()).then_some(word)
}

/// One call on the way to an error.
struct CallSite<'a> {
    file: Option<&'a str>,
    at: Position,
}

/// The error in the innermost function, and the calls that led there, the innermost first.
fn innermost(error: &EvalAltResult) -> (&EvalAltResult, Vec<CallSite<'_>>) {
    let mut calls = Vec::new();
    let mut current = error;
    loop {
        match current {
            EvalAltResult::ErrorInFunctionCall(_, source, inner, at) => {
                let file = (!source.is_empty()).then_some(source.as_str());
                calls.push(CallSite { file, at: *at });
                current = inner;
            }
            EvalAltResult::ErrorInModule(_, inner, _) => current = inner,
            _ => {
                calls.reverse();
                return (current, calls);
            }
        }
    }
}

/// A problem that Rhai itself found.
fn own(error: &EvalAltResult, calls: &[Place], file: &Arc<str>, sources: &Sources) -> Problem {
    let place = place(file, error.position());
    let text = sources.text(file);
    let called = text.as_deref().and_then(|text| module_at(text, &place));
    let mut problem = Problem::at(explain(error, called.as_deref()), place, text);
    problem.calls = calls.to_vec();
    problem
}

/// Rhai's error in our words.
fn explain(error: &EvalAltResult, module: Option<&str>) -> Error {
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
            error.hint = did_you_mean(name, super::bind::names());
            error
        }
        EvalAltResult::ErrorModuleNotFound(name, _) => no_module(name),
        EvalAltResult::ErrorRuntime(value, _) => Error::usage(value.to_string()),
        EvalAltResult::ErrorMismatchDataType(expected, found, _) => Error::usage(format!(
            "{} is needed here, not {}",
            friendly_type(expected),
            friendly_type(found)
        )),
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

/// The error for a script that is not there to import.
pub(super) fn no_module(name: &str) -> Error {
    Error::usage(format!("there is no module `{name}` to import")).hint(
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
    error.hint = closest(name, super::bind::functions()).map(|it| format!("did you mean `{it}`?"));
    error
}

/// The modules that have an operation of that name.
pub(super) fn elsewhere(name: &str) -> Option<String> {
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
        other => format!("`{other}`"),
    }
}

/// The dotted name before the place: `server` in `server.usr(`.
fn module_at(text: &str, place: &Place) -> Option<String> {
    let line: Vec<char> = text.lines().nth(place.line.checked_sub(1)?)?.chars().collect();
    let before: String = line.get(..place.column.checked_sub(1)?)?.iter().collect();
    let before = before.strip_suffix('.')?;
    let start = before
        .rfind(|it: char| !(it.is_alphanumeric() || it == '_' || it == '.'))
        .map_or(0, |at| {
            at + before.get(at..).and_then(|it| it.chars().next()).map_or(1, char::len_utf8)
        });
    before.get(start..).map(str::to_owned).filter(|it| !it.is_empty())
}

/// Moves the place of an error about an argument to that argument's name in the source, if it stands
/// between the call and the end of its statement.
fn point_at_argument(problem: &mut Problem) {
    let (Some(name), Some(place), Some(source)) =
        (&problem.error.argument, &problem.place, &problem.source)
    else {
        return;
    };
    let mut depth = 0_i32;
    for (number, line) in source.lines().enumerate().skip(place.line.saturating_sub(1)).take(40) {
        let letters: Vec<char> = line.chars().collect();
        let start = if number + 1 == place.line { place.column.saturating_sub(1) } else { 0 };
        for at in start..letters.len() {
            let word: String = letters.iter().skip(at).take(name.chars().count()).collect();
            let before = at.checked_sub(1).and_then(|it| letters.get(it));
            let mut after =
                letters.iter().skip(at + name.chars().count()).skip_while(|it| **it == ' ');
            let starts = before.is_none_or(|it| !(it.is_alphanumeric() || *it == '_'));
            if word == *name && starts && after.next() == Some(&':') {
                let file = Arc::clone(&place.file);
                problem.width = name.chars().count();
                problem.place = Some(Place { file, line: number + 1, column: at + 1 });
                return;
            }
            match letters.get(at) {
                Some('(' | '{' | '[') => depth += 1,
                Some(')' | '}' | ']') => depth -= 1,
                Some(';') if depth <= 0 => return,
                _ => {}
            }
        }
    }
}

/// A position in a file.
pub(super) fn place(file: &Arc<str>, at: Position) -> Place {
    Place {
        file: Arc::clone(file),
        line: at.line().unwrap_or(0),
        column: at.position().unwrap_or(1),
    }
}

fn lower(text: &mut String) {
    if let Some(first) = text.chars().next()
        && text.chars().nth(1).is_some_and(char::is_lowercase)
    {
        text.replace_range(..first.len_utf8(), &first.to_lowercase().to_string());
    }
}

/// An error of an included script on its way through the script that includes it.
pub(crate) fn through(context: &NativeCallContext<'_>, error: Thrown, file: &Arc<str>) -> Thrown {
    let (inner, _) = innermost(&error);
    if let EvalAltResult::ErrorRuntime(value, _) | EvalAltResult::ErrorTerminated(value, _) = inner
        && value.read_lock::<Carried>().is_some()
    {
        return error;
    }
    let (inner, calls) = innermost(&error);
    let file = calls.first().and_then(|call| call.file).map_or_else(|| Arc::clone(file), Arc::from);
    let place = place(&file, inner.position());
    throw_all(context, vec![explain(inner, None)], place)
}

/// A problem of an imported script on its way through the script that imports it.
pub(crate) fn in_module(problem: Problem, at: Position) -> Thrown {
    let place = problem.place.unwrap_or_default();
    let carried = Carried { errors: vec![problem.error], place, inside: problem.inside };
    Box::new(EvalAltResult::ErrorRuntime(Dynamic::from(carried), at))
}
