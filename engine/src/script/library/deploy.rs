//! `deploy`: operations under one label, passed by hosts together or in batches.

use rhai::{Dynamic, FnPtr, NativeCallContext};

use crate::error::{Error, did_you_mean};
use crate::options::GlobalArgs;
use crate::script::callback::Callback;
use crate::script::convert::map_from_rhai;
use crate::script::current::{Block, Evaluation, current};
use crate::script::driver::Limits;
use crate::script::problem::{Thrown, throw, throw_all};
use crate::value::{Map, Value};

/// Groups operations under one label and passes its global arguments on.
pub(super) fn deploy(
    context: &NativeCallContext<'_>,
    label: &str,
    named: &rhai::Map,
    body: FnPtr,
) -> Result<Dynamic, Thrown> {
    let evaluation = current().map_err(|error| throw(context, error))?;
    let mut named = Dynamic::from(named.clone());
    Callback::keep_contexts(&mut named, context);
    let globals = named.as_map_ref().map(|map| map_from_rhai(&map)).unwrap_or_default();
    let place = Evaluation::place(context, 0);
    let (limits, globals) =
        limits(globals).map_err(|errors| throw_all(context, errors, place.clone()))?;
    let block = Block { label: label.to_owned(), globals };
    let pass = || {
        evaluation.blocks.borrow_mut().push(block);
        let result = crate::script::pointer::call(context, &body, &mut []);
        evaluation.blocks.borrow_mut().pop();
        result
    };
    if limits == Limits::default() {
        return pass();
    }
    crate::script::together::in_batches(context, &place, limits, label, |_, _| pass())
}

/// Takes what a block says of how hosts pass it from its arguments; the rest are for its operations. Every
/// mistake at once.
fn limits(mut arguments: Map) -> Result<(Limits, Map), Vec<Error>> {
    let mut errors = Vec::new();
    let mut limits = Limits::default();
    match arguments.shift_remove("_parallel") {
        None | Some(Value::Unit) => {}
        Some(Value::Int(number)) if number >= 0 => {
            limits.at_a_time = usize::try_from(number).unwrap_or(usize::MAX);
        }
        Some(other) => errors.push(wrong("_parallel", "a number of hosts", &other)),
    }
    match arguments.shift_remove("_serial") {
        None | Some(Value::Unit | Value::Bool(false)) => {}
        Some(Value::Bool(true)) => limits.at_a_time = 1,
        Some(other) => errors.push(wrong("_serial", "true or false", &other)),
    }
    match arguments.shift_remove("fail_percent") {
        None | Some(Value::Unit) => {}
        Some(value) => match crate::inventory::percent("fail_percent", &value) {
            Ok(percent) => limits.fail_percent = Some(percent),
            Err(error) => errors.push(error.argument("fail_percent")),
        },
    }
    let unknown = arguments.keys().filter(|key| !GlobalArgs::knows(key));
    errors.extend(unknown.map(|key| not_global(key)));
    if errors.is_empty() { Ok((limits, arguments)) } else { Err(errors) }
}

fn wrong(name: &str, needed: &str, value: &Value) -> Error {
    Error::usage(format!("`{name}` of a deploy block is {needed}, not {}", value.kind()))
        .argument(name)
}

/// The error for an argument that a deploy block does not take.
pub(in crate::script) fn not_global(key: &str) -> Error {
    let mut error = Error::usage(format!("`deploy` has no argument `{key}`"));
    error.hint = did_you_mean(key, GlobalArgs::names())
        .or_else(|| Some("a deploy block takes global arguments, like `_sudo`".to_owned()));
    error.argument(key)
}
