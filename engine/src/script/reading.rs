//! Functions that make and read text: times, quoting, checksums, regular expressions, YAML and the like.

use std::sync::Arc;

use rhai::{Dynamic, Engine, NativeCallContext};
use sha2::Digest;

use super::convert::{from_rhai, to_rhai};
use super::current::current;
use super::problem::{Thrown, throw};
use crate::command::Secret;
use crate::error::Error;
use crate::inventory::document::{self, Misread};
use crate::pattern::no_expression;
use crate::value::Value;

/// Binds them for all kinds of scripts.
pub(super) fn bind_common(engine: &mut Engine) {
    engine
        .register_fn("to_json", |it: Dynamic| {
            let value = from_rhai(&it);
            value.unknown().map_or_else(|| value.to_json().to_string(), marked)
        })
        .register_fn("sha256", |text: Dynamic| match from_rhai(&text) {
            Value::Unknown(why) => marked(&why),
            text => {
                let text = text.to_string();
                let sum = crate::bytes::hexadecimal(&sha2::Sha256::digest(&text));
                Secret::changed(&text, &sum);
                sum
            }
        })
        .register_fn("matches", |context: NativeCallContext<'_>, text: &str, pattern: &str| {
            regex(&context, pattern).map(|it| it.is_match(text))
        })
        .register_fn("captures", |context: NativeCallContext<'_>, text: &str, pattern: &str| {
            captures(&context, text, pattern)
        })
        .register_fn(
            "regex_replace",
            |context: NativeCallContext<'_>, text: &str, pattern: &str, with: &str| {
                regex(&context, pattern).map(|it| {
                    let after = it.replace_all(text, with).into_owned();
                    Secret::changed(text, &after);
                    after
                })
            },
        );
    for (name, read) in FORMATS {
        engine.register_fn(*name, move |context: NativeCallContext<'_>, text: &str| {
            read(text).map(|it| followed(text, to_rhai(it))).map_err(|wrong| {
                let at =
                    if wrong.line > 0 { format!(", line {}", wrong.line) } else { String::new() };
                throw(&context, Error::usage(format!("`{name}`{at}: {}", wrong.message)))
            })
        });
    }
}

/// Binds what there is only once a run has begun.
pub(super) fn bind(engine: &mut Engine) {
    engine
        .register_fn("now", |context: NativeCallContext<'_>| now(&context, "%Y-%m-%dT%H:%M:%SZ"))
        .register_fn("now", |context: NativeCallContext<'_>, format: &str| now(&context, format));
}

/// Reads a text; what is wrong with it, and where.
type Read = fn(&str) -> Result<Value, Misread>;

const FORMATS: &[(&str, Read)] = &[
    ("parse_json", document::json),
    ("parse_yaml", document::yaml),
    ("parse_toml", document::toml),
];

/// Text that is not known yet.
fn marked(why: &Arc<str>) -> String {
    super::convert::Unknown::of(Arc::clone(why)).mark()
}

fn regex(context: &NativeCallContext<'_>, pattern: &str) -> Result<regex::Regex, Thrown> {
    regex::Regex::new(pattern).map_err(|error| throw(context, no_expression(pattern, &error)))
}

/// What the groups of a pattern match, the whole match first; `()` where it does not match.
fn captures(context: &NativeCallContext<'_>, text: &str, pattern: &str) -> Result<Dynamic, Thrown> {
    let Some(found) = regex(context, pattern)?.captures(text).map(|found| {
        found
            .iter()
            .map(|group| group.map_or(Dynamic::UNIT, |it| it.as_str().to_owned().into()))
            .collect::<rhai::Array>()
    }) else {
        return Ok(Dynamic::UNIT);
    };
    Ok(followed(text, found.into()))
}

/// What was read from a text: what is in it of a secret is one.
fn followed(text: &str, pieces: Dynamic) -> Dynamic {
    super::pieces::cut(text, &pieces);
    pieces
}

/// When the run began, in UTC: the same time for all hosts, in the plan and in the run.
fn now(context: &NativeCallContext<'_>, format: &str) -> Result<String, Thrown> {
    let evaluation = current().map_err(|error| throw(context, error))?;
    let zoned = evaluation.shared.project.started().to_zoned(jiff::tz::TimeZone::UTC);
    jiff::fmt::strtime::format(format, &zoned).map_err(|error| {
        throw(context, Error::usage(format!("{format:?} is no format of a time: {error}")))
    })
}
