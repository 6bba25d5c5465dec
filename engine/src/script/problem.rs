//! Rhai's errors as ours: with the place, the calls that led there, and a suggestion.

mod habits;
mod throw;
mod unparsable;
mod words;

use std::sync::Arc;

use rhai::{EvalAltResult, Position};

use super::sources::Sources;
use super::standard;
use crate::place::{Place, Problem};

pub(super) use habits::of_name;
pub(super) use throw::{
    Carried, bind, carried, carried_from, in_module, through, throw_all, throw_at, throw_here,
};
pub(crate) use throw::{Thrown, throw};
pub(super) use unparsable::{OPEN_COMMENT, unclosed, unparsable};
use words::explain;
pub(super) use words::{elsewhere, no_module};

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
