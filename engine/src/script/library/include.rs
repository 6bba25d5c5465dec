//! `include`: another script, evaluated in place.

use std::path::Path;

use rhai::{Dynamic, NativeCallContext, Scope};

use crate::error::Error;
use crate::script::convert::map_from_rhai;
use crate::script::current::{Evaluation, current};
use crate::script::problem::{Thrown, throw, throw_all};

/// Evaluates another script in place. What it sets in `config` ends with it.
pub(super) fn include(
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
    result.map_err(|error| crate::script::problem::through(context, error, &script.name))
}

/// The error for a script that is not there to include.
pub(in crate::script) fn no_script(path: &str, from: &str) -> Error {
    let folder = Path::new(from).parent().map(|it| it.display().to_string());
    let folder = folder.filter(|it| !it.is_empty());
    Error::usage(format!("there is no script `{path}` to include")).hint(format!(
        "looked in {} and in the working directory",
        folder.as_deref().unwrap_or("the script's own folder")
    ))
}
