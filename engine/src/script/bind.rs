//! `server.user(…)`: one value per module, one native function per operation name, for all operations.

#![expect(clippy::needless_pass_by_value, reason = "Rhai hands values over")]

use std::any::TypeId;
use std::collections::BTreeSet;

use rhai::{Dynamic, Engine, Module, NativeCallContext};

use super::callback::Callback;
use super::convert::{from_rhai, map_from_rhai};
use super::current::{Evaluation, current};
use super::problem::{Thrown, throw, throw_all};
use crate::error::{Error, did_you_mean};
use crate::operation::OpDef;
use crate::operations;
use crate::value::{Map, Value};

/// A module of operations, as a value: what stands before the dot.
#[derive(Clone, Debug)]
pub(super) struct Namespace(String);

/// The most positional arguments that a call can have, besides the map of named ones.
const POSITIONAL: usize = 8;

/// Functions that are no operations, for suggestions.
const FUNCTIONS: &[&str] = &[
    "include",
    "deploy",
    "env",
    "secret",
    "secret_env",
    "secret_file",
    "secret_command",
    "print",
    "debug",
    "parse_int",
    "parse_float",
    "to_string",
    "type_of",
    "parse_json",
    "parse_yaml",
    "parse_toml",
    "now",
    "quote",
    "sha256",
    "matches",
    "captures",
    "regex_replace",
    "attempt",
    "fail",
    "gather",
    "rolling",
    "options",
    "required",
    "optional",
    "task",
    "operation_define",
    "fact_define",
];

/// Names that every script has.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    roots().chain(["host", "inventory", "config", "local", "console"])
}

/// Functions that every script has.
pub(super) fn functions() -> impl Iterator<Item = &'static str> {
    FUNCTIONS.iter().copied()
}

/// Binds all operations.
pub(super) fn bind(engine: &mut Engine) {
    engine.register_type_with_name::<Namespace>("module");
    engine.register_indexer_get(submodule);
    let mut constants = Module::new();
    for root in roots() {
        constants.set_var(root, Namespace(root.to_owned()));
    }
    engine.register_global_module(constants.into());
    let short_names: BTreeSet<&str> = operations::all().map(OpDef::short_name).collect();
    for short in short_names {
        bind_name(engine, short);
    }
}

/// The modules that are not in another one: `server`, `freebsd`.
fn roots() -> impl Iterator<Item = &'static str> {
    let roots: BTreeSet<&str> =
        operations::modules().into_iter().filter_map(|it| it.split('.').next()).collect();
    roots.into_iter()
}

/// `freebsd.pkg`: a module in a module.
fn submodule(
    context: NativeCallContext<'_>,
    module: &mut Namespace,
    name: &str,
) -> Result<Namespace, Thrown> {
    let inner = format!("{}.{name}", module.0);
    if operations::all()
        .any(|def| def.module() == inner || def.module().starts_with(&format!("{inner}.")))
    {
        return Ok(Namespace(inner));
    }
    let mut error = Error::usage(format!("`{}` has no `{name}`", module.0));
    error.hint = did_you_mean(
        name,
        operations::all().filter(|def| def.module() == module.0).map(OpDef::short_name),
    )
    .map(|hint| format!("{hint} Operations are called: {}.{name}(…)", module.0));
    Err(throw(&context, error))
}

fn bind_name(engine: &mut Engine, short: &'static str) {
    for count in 0..=POSITIONAL + 1 {
        let mut types = vec![TypeId::of::<Namespace>()];
        types.resize(count + 1, TypeId::of::<Dynamic>());
        engine.register_raw_fn(short, types, move |context, arguments: &mut [&mut Dynamic]| {
            call(&context, short, arguments)
        });
    }
}

/// One call of an operation.
fn call(
    context: &NativeCallContext<'_>,
    short: &str,
    arguments: &mut [&mut Dynamic],
) -> Result<Dynamic, Thrown> {
    let [module, arguments @ ..] = arguments else {
        return Err(throw(context, Error::usage("an operation is called on its module")));
    };
    let module = module.read_lock::<Namespace>().map(|it| it.0.clone()).unwrap_or_default();
    let name = format!("{module}.{short}");
    let place = Evaluation::place(context, module.chars().count() + 1);
    let Some(def) = operations::find(&name) else {
        let mut error = Error::usage(format!("`{module}` has no operation `{short}`"));
        error.hint = did_you_mean(
            short,
            operations::all().filter(|def| def.module() == module).map(OpDef::short_name),
        );
        return Err(throw_all(context, vec![error], place));
    };
    let evaluation = current().map_err(|error| throw(context, error))?;
    let path = evaluation.path(context, &place);
    let (positional, mut named) = split(context, arguments);
    if def.args.iter().all(|arg| arg.name != "name") {
        readable_label(&mut named, arguments);
    }
    let shown = super::options::user_place_or(context, &place);
    let call = evaluation
        .prepare(def, positional, named, shown, path, None)
        .map_err(|errors| throw_all(context, errors, place.clone()))?;
    evaluation
        .driver
        .operation(call)
        .map(Dynamic::from)
        .map_err(|error| throw_all(context, vec![error], place))
}

/// A label that holds a value which is not known yet says so in place of it.
fn readable_label(named: &mut Map, arguments: &[&mut Dynamic]) {
    let Some(label @ Value::Unknown(_)) = named.get_mut("name") else { return };
    let map = arguments.last().and_then(|last| last.as_map_ref().ok());
    let text = map.and_then(|map| map.get("name")?.clone().into_string().ok());
    if let Some(text) = text {
        *label = Value::Text(super::convert::readable(&text));
    }
}

/// Positional arguments, and the last map as named ones.
fn split(context: &NativeCallContext<'_>, arguments: &mut [&mut Dynamic]) -> (Vec<Value>, Map) {
    for argument in arguments.iter_mut() {
        Callback::keep_contexts(argument, context);
    }
    let named = arguments
        .last()
        .filter(|last| last.is_map())
        .and_then(|last| last.as_map_ref().ok().map(|map| map_from_rhai(&map)));
    let count = arguments.len() - usize::from(named.is_some());
    let positional = arguments.iter().take(count).map(|it| from_rhai(it)).collect();
    (positional, named.unwrap_or_default())
}
