//! Rhai's functions that cut texts and change them: what they make of a secret is a secret.
//!
//! ```rhai
//! let [_, password] = secret_file("account").split(":");
//! ```
//!
//! What a script makes of single characters, or by `text[0..8]`, is not followed: Rhai does that itself, there is no
//! function to put in its place.

use std::any::TypeId;
use std::ops::{Range as Before, RangeInclusive as Through};
use std::sync::LazyLock;

use rhai::{Dynamic, Engine, INT, ImmutableString, NativeCallContext, Position};

use crate::command::Secret;

/// Kinds of arguments behind the text.
#[derive(Clone, Copy)]
enum Takes {
    Number,
    Letter,
    Text,
    Range,
    RangeWithEnd,
}

use Takes::{Letter, Number, Range, RangeWithEnd, Text};

/// What gives pieces of a text, as a list or as one, or leaves one of it.
const CUTTING: &[(&str, &[Takes])] = &[
    ("sub_string", &[Number]),
    ("sub_string", &[Number, Number]),
    ("sub_string", &[Range]),
    ("sub_string", &[RangeWithEnd]),
    ("crop", &[Number]),
    ("crop", &[Number, Number]),
    ("crop", &[Range]),
    ("crop", &[RangeWithEnd]),
    ("truncate", &[Number]),
    ("pop", &[Number]),
    ("split", &[]),
    ("split", &[Number]),
    ("split", &[Text]),
    ("split", &[Text, Number]),
    ("split", &[Letter]),
    ("split", &[Letter, Number]),
    ("split_rev", &[Text]),
    ("split_rev", &[Text, Number]),
    ("split_rev", &[Letter]),
    ("split_rev", &[Letter, Number]),
];

/// What changes a text.
const CHANGING: &[(&str, &[Takes])] = &[
    ("remove", &[Text]),
    ("remove", &[Letter]),
    ("replace", &[Text, Letter]),
    ("replace", &[Letter, Text]),
];

/// Rhai as it is, for what its functions do.
static PLAIN: LazyLock<Engine> = LazyLock::new(Engine::new);

pub(super) fn bind(engine: &mut Engine) {
    for (name, takes) in CUTTING {
        follow(engine, name, takes, cut);
    }
    for (name, takes) in CHANGING {
        follow(engine, name, takes, changed);
    }
}

/// Puts a function in place of Rhai's own that does the same and tells what came of the text.
fn follow(engine: &mut Engine, name: &'static str, takes: &[Takes], tell: fn(&str, &Dynamic)) {
    let behind = takes.iter().map(|it| match it {
        Number => TypeId::of::<INT>(),
        Letter => TypeId::of::<char>(),
        Text => TypeId::of::<ImmutableString>(),
        Range => TypeId::of::<Before<INT>>(),
        RangeWithEnd => TypeId::of::<Through<INT>>(),
    });
    let types: Vec<TypeId> =
        std::iter::once(TypeId::of::<ImmutableString>()).chain(behind).collect();
    engine.register_raw_fn(name, types, move |_context, arguments| {
        let before =
            arguments.first().and_then(|it| it.read_lock::<ImmutableString>().map(|it| it.clone()));
        let state = PLAIN.new_global_runtime_state();
        let plain =
            NativeCallContext::new_with_all_fields(&PLAIN, name, None, &state, Position::NONE);
        let result: Dynamic = plain.call_native_fn_raw(name, true, arguments)?;
        if let Some(before) = before {
            tell(&before, &result);
            if let Some(after) = arguments.first() {
                tell(&before, after);
            }
        }
        Ok(result)
    });
}

/// Hides what is left of secrets in the pieces of a text: a text, or lists and maps of them.
pub(super) fn cut(whole: &str, pieces: &Dynamic) {
    if let Some(piece) = pieces.read_lock::<ImmutableString>() {
        Secret::cut(whole, &piece);
    } else if let Some(pieces) = pieces.read_lock::<rhai::Array>() {
        pieces.iter().for_each(|it| cut(whole, it));
    } else if let Some(pieces) = pieces.read_lock::<rhai::Map>() {
        pieces.values().for_each(|it| cut(whole, it));
    }
}

fn changed(before: &str, after: &Dynamic) {
    if let Some(after) = after.read_lock::<ImmutableString>() {
        Secret::changed(before, &after);
    }
}
