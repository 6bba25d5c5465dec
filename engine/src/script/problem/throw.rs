//! Errors of the engine on their way through Rhai, from a native function to who evaluates the script.

#![expect(clippy::unnecessary_box_returns, reason = "Rhai throws boxed errors")]

use std::sync::Arc;

use rhai::{Dynamic, Engine, EvalAltResult, NativeCallContext, Position};

use super::words::explain;
use super::{innermost, place};
use crate::error::{Error, ErrorKind};
use crate::place::{Place, Problem};
use crate::script::current::Evaluation;

/// Errors of the engine on their way through Rhai.
#[derive(Clone, Debug)]
pub(crate) struct Carried {
    pub(super) errors: Vec<Error>,
    pub(super) place: Place,
    pub(super) inside: Option<Box<Place>>,
}

impl Carried {
    /// An error of no known place.
    pub(crate) fn of(error: Error) -> Self {
        Self { errors: vec![error], place: Place::default(), inside: None }
    }
}

/// Binds what a script can do with an error that it caught.
pub(crate) fn bind(engine: &mut Engine) {
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

/// Throws an engine's error at a place in a file, where there is no call.
pub(crate) fn throw_at(error: Error, file: &str, at: Position) -> Thrown {
    let carried = Carried { place: place(&Arc::from(file), at), ..Carried::of(error) };
    Box::new(EvalAltResult::ErrorTerminated(Dynamic::from(carried), at))
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
    let user = crate::script::options::user_place_or(context, &place);
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
