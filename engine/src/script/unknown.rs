//! What scripts may do with a value that is not known yet: pass it on, put it into text, look into it, make
//! another one of it; go through it, compare it and ask it questions, which the plan follows both ways.
//!
//! What is not here ends the plan of the host there, and is no mistake.

#![expect(clippy::needless_pass_by_value, reason = "Rhai hands values over")]

use rhai::{Dynamic, Engine, FnPtr, NativeCallContext};

use super::convert::Unknown;
use super::current::current;
use super::problem::Thrown;

/// Functions of lists, maps, text and numbers whose result is as little known as what they are given. Those
/// that change what they are given leave it unknown.
const PASSED_ON: &[&str] = &[
    "abs",
    "append",
    "bytes",
    "chars",
    "chop",
    "clear",
    "crop",
    "dedup",
    "drain",
    "extract",
    "filter",
    "find",
    "find_map",
    "get",
    "index_of",
    "insert",
    "join",
    "keys",
    "len",
    "lines",
    "make_lower",
    "make_upper",
    "matches",
    "mixin",
    "order",
    "order_desc",
    "pad",
    "parse_float",
    "parse_int",
    "parse_json",
    "pop",
    "push",
    "reduce",
    "reduce_rev",
    "remove",
    "replace",
    "retain",
    "reverse",
    "shift",
    "sort",
    "sort_by",
    "sort_desc",
    "splice",
    "split",
    "split_rev",
    "sub_string",
    "to_array",
    "to_chars",
    "to_float",
    "to_int",
    "to_json",
    "to_lower",
    "to_upper",
    "trim",
    "truncate",
    "values",
    "zip",
];

/// Functions that answer yes or no.
const QUESTIONS: &[&str] = &["all", "contains", "ends_with", "is_empty", "some", "starts_with"];

pub(super) fn bind(engine: &mut Engine) {
    engine
        .register_type_with_name::<Unknown>("unknown")
        .register_iterator_result::<Unknown, Unknown>()
        .register_fn("to_string", |it: &mut Unknown| it.mark())
        .register_fn("to_debug", |it: &mut Unknown| it.mark())
        .register_indexer_get(|it: &mut Unknown, _: &str| {
            if it.has_flags { decide(it).map(Dynamic::from) } else { Ok(Dynamic::from(it.clone())) }
        })
        .register_indexer_get(|it: &mut Unknown, _: i64| it.clone())
        .register_indexer_get(|it: &mut Unknown, _: Unknown| it.clone())
        .register_fn("!", |it: Unknown| decide(&it).map(|yes| !yes))
        .register_fn("-", |it: Unknown| it);
    for name in PASSED_ON {
        engine
            .register_fn(*name, |it: &mut Unknown| it.clone())
            .register_fn(*name, |it: &mut Unknown, _: Dynamic| it.clone())
            .register_fn(*name, |it: &mut Unknown, _: Dynamic, _: Dynamic| it.clone());
    }
    for name in QUESTIONS {
        engine
            .register_fn(*name, |it: &mut Unknown| decide(it))
            .register_fn(*name, |it: &mut Unknown, _: Dynamic| decide(it));
    }
    engine.register_fn("map", map);
    for operator in ["+", "-", "*", "/", "%", "**", "max", "min"] {
        engine
            .register_fn(operator, |it: Unknown, _: Dynamic| it)
            .register_fn(operator, |_: Dynamic, it: Unknown| it);
    }
    for operator in ["==", "!=", "<", "<=", ">", ">="] {
        engine
            .register_fn(operator, |it: Unknown, _: Dynamic| decide(&it))
            .register_fn(operator, |_: Dynamic, it: Unknown| decide(&it))
            .register_fn(operator, |it: Unknown, _: Unknown| decide(&it));
    }
}

/// Follows one of the ways that a value may lead to; the plan is made once more for the other.
pub(super) fn decide(it: &Unknown) -> Result<bool, Thrown> {
    let evaluation = current().map_err(|error| error.message)?;
    evaluation.driver.decide(&it.why).map_err(super::problem::throw_here)
}

/// A loop over it goes once, with an item that is not known either, or not at all.
impl IntoIterator for Unknown {
    type Item = Result<Self, Thrown>;
    type IntoIter = std::option::IntoIter<Self::Item>;

    fn into_iter(self) -> Self::IntoIter {
        let item = match decide(&self) {
            Ok(true) => Some(Ok(self)),
            Ok(false) => None,
            Err(error) => Some(Err(error)),
        };
        item.into_iter()
    }
}

/// The function may call operations, so it is called.
fn map(
    context: NativeCallContext<'_>,
    it: &mut Unknown,
    function: FnPtr,
) -> Result<Unknown, Thrown> {
    for item in it.clone() {
        let _ = super::pointer::call(&context, &function, &mut [Dynamic::from(item?)])?;
    }
    Ok(it.clone())
}
