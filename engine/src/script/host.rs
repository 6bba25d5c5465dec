//! `host` and `inventory`, as scripts see them.

#![expect(clippy::needless_pass_by_value, reason = "Rhai hands values over")]
#![expect(clippy::unnecessary_box_returns, reason = "Rhai throws boxed errors")]

use std::sync::Arc;

use rhai::{Dynamic, Engine, ImmutableString, NativeCallContext};

use super::callback::Callback;
use super::convert::{Unknown, from_rhai, map_from_rhai, to_rhai};
use super::current::current;
use super::problem::{Thrown, throw};
use crate::error::{Error, Result, did_you_mean};
use crate::facts;
use crate::inventory::{HostView, InventoryView};
use crate::value::{Map, Value};

/// A host as a script's value.
#[derive(Clone, Debug)]
struct HostHandle {
    name: Arc<str>,
    /// Whether it is the host that the script runs for.
    own: bool,
}

/// A host's data as a script's value.
#[derive(Clone, Debug)]
struct DataHandle {
    host: HostHandle,
}

/// The inventory as a script's value.
#[derive(Clone, Debug)]
struct InventoryHandle;

/// Binds `host` and `inventory`.
pub(super) fn bind(engine: &mut Engine) {
    engine
        .register_type_with_name::<HostHandle>("host")
        .register_get("name", |host: &mut HostHandle| -> Result<ImmutableString, Thrown> {
            Ok(host.view()?.name.as_str().into())
        })
        .register_get("groups", |host: &mut HostHandle| -> Result<rhai::Array, Thrown> {
            Ok(host.view()?.groups.iter().map(|it| it.clone().into()).collect())
        })
        .register_get("data", |host: &mut HostHandle| DataHandle { host: host.clone() })
        .register_fn("to_string", |host: &mut HostHandle| host.name.to_string())
        .register_fn("log", log)
        .register_fn("warn", warn)
        .register_fn(
            "run",
            |context: NativeCallContext<'_>, host: &mut HostHandle, command: &str| {
                run(&context, host, command, &rhai::Map::new())
            },
        )
        .register_fn(
            "run",
            |context: NativeCallContext<'_>,
             host: &mut HostHandle,
             command: &str,
             named: rhai::Map| { run(&context, host, command, &named) },
        );
    bind_facts(engine);
    engine
        .register_type_with_name::<DataHandle>("data")
        .register_indexer_get(datum)
        .register_indexer_set(set_datum)
        .register_fn("get", |data: &mut DataHandle, name: &str| get(data, name, Dynamic::UNIT))
        .register_fn("get", get)
        .register_fn("contains", |data: &mut DataHandle, name: &str| -> Result<bool, Thrown> {
            Ok(data.look(name)?.is_some())
        })
        .register_fn("to_map", |data: &mut DataHandle| -> Result<rhai::Map, Thrown> {
            Ok(super::convert::map_to_rhai(data.all()?))
        });
    engine
        .register_type_with_name::<InventoryHandle>("inventory")
        .register_get("hosts", |_: &mut InventoryHandle| -> Result<rhai::Array, Thrown> {
            Ok(inventory()?.hosts.keys().map(|name| HostHandle::other(name)).collect())
        })
        .register_get("groups", |_: &mut InventoryHandle| -> Result<rhai::Array, Thrown> {
            Ok(inventory()?.groups.keys().map(|name| name.clone().into()).collect())
        })
        .register_fn("group", group)
        .register_fn("host", other_host);
    let mut names = rhai::Module::new();
    names.set_var("host", HostHandle { name: Arc::from(""), own: true });
    names.set_var("inventory", InventoryHandle);
    engine.register_global_module(names.into());
}

/// `host.fact("server.users")`, with up to four positional arguments and a map of named ones.
fn bind_facts(engine: &mut Engine) {
    use std::any::TypeId;
    for short in ["fact", "get_fact"] {
        for count in 1..=6 {
            let mut types = vec![TypeId::of::<HostHandle>(), TypeId::of::<ImmutableString>()];
            types.resize(count + 1, TypeId::of::<Dynamic>());
            engine.register_raw_fn(short, types, |context, arguments: &mut [&mut Dynamic]| {
                fact(&context, arguments)
            });
        }
    }
}

impl HostHandle {
    fn other(name: &str) -> Dynamic {
        let own = current().is_ok_and(|evaluation| evaluation.host.name == name);
        Dynamic::from(Self { name: Arc::from(name), own })
    }

    fn view(&self) -> Result<Arc<HostView>, Thrown> {
        let evaluation = current().map_err(plain)?;
        if self.own {
            return Ok(Arc::clone(&evaluation.host));
        }
        evaluation.inventory.host(&self.name).map(Arc::clone).map_err(plain)
    }
}

impl DataHandle {
    fn look(&self, name: &str) -> Result<Option<Value>, Thrown> {
        if self.host.own {
            return Ok(self.host.view()?.datum_here(name));
        }
        Ok(self.host.view()?.datum(name))
    }

    fn all(&self) -> Result<Map, Thrown> {
        let view = self.host.view()?;
        Ok(if self.host.own { view.data_here() } else { view.all_data() })
    }
}

fn inventory() -> Result<Arc<InventoryView>, Thrown> {
    Ok(Arc::clone(&current().map_err(plain)?.inventory))
}

/// An error where the call's position is not at hand; Rhai fills it in.
fn plain(error: Error) -> Thrown {
    error.message.into()
}

fn datum(
    context: NativeCallContext<'_>,
    data: &mut DataHandle,
    name: &str,
) -> Result<Dynamic, Thrown> {
    if let Some(value) = data.look(name)? {
        return Ok(to_rhai(value));
    }
    let view = data.host.view()?;
    let known = view.data_here();
    let mut error = Error::usage(format!("host `{}` has no data `{name}`", view.name));
    error.hint = did_you_mean(name, known.keys().map(String::as_str)).or_else(|| {
        Some(format!(
            "set it in the inventory or group_data, or write data.get(\"{name}\", fallback)"
        ))
    });
    Err(throw(&context, error.argument(name)))
}

fn set_datum(
    context: NativeCallContext<'_>,
    data: &mut DataHandle,
    name: &str,
    value: Dynamic,
) -> Result<(), Thrown> {
    if !data.host.own {
        return Err(throw(&context, Error::usage("a script sets data of its own host only")));
    }
    data.host.view()?.set(name, from_rhai(&value));
    Ok(())
}

fn get(data: &mut DataHandle, name: &str, fallback: Dynamic) -> Result<Dynamic, Thrown> {
    Ok(data.look(name)?.map_or(fallback, to_rhai))
}

fn log(context: NativeCallContext<'_>, _: &mut HostHandle, text: Dynamic) -> Result<(), Thrown> {
    say(&context, &text, false)
}

fn warn(context: NativeCallContext<'_>, _: &mut HostHandle, text: Dynamic) -> Result<(), Thrown> {
    say(&context, &text, true)
}

fn say(context: &NativeCallContext<'_>, text: &Dynamic, warning: bool) -> Result<(), Thrown> {
    let evaluation = current().map_err(plain)?;
    let text = super::convert::readable(&super::library::display(text));
    evaluation.driver.log(&text, warning).map_err(|error| throw(context, error))
}

fn run(
    context: &NativeCallContext<'_>,
    host: &HostHandle,
    command: &str,
    named: &rhai::Map,
) -> Result<Dynamic, Thrown> {
    if !host.own {
        return Err(throw(context, Error::usage("a script runs commands on its own host only")));
    }
    let evaluation = current().map_err(plain)?;
    let globals =
        evaluation.globals(map_from_rhai(named)).map_err(|errors| all(context, errors))?;
    let value = evaluation.driver.run(command, &globals).map_err(|error| throw(context, error))?;
    if value.unknown().is_some() {
        evaluation.driver.met_unknown();
    }
    Ok(to_rhai(value))
}

fn fact(
    context: &NativeCallContext<'_>,
    arguments: &mut [&mut Dynamic],
) -> Result<Dynamic, Thrown> {
    let [host, name, arguments @ ..] = arguments else {
        return Err(throw(context, Error::usage("a fact is asked by name")));
    };
    let host = host.read_lock::<HostHandle>().map(|it| it.clone());
    let host = host.ok_or_else(|| throw(context, Error::usage("facts are asked of a host")))?;
    let name = name.to_string();
    for argument in arguments.iter_mut() {
        Callback::keep_contexts(argument, context);
    }
    let (positional, named) = match arguments {
        [before @ .., last] if last.is_map() => {
            let named = last.as_map_ref().map(|map| map_from_rhai(&map)).unwrap_or_default();
            (before.iter().map(|it| from_rhai(it)).collect(), named)
        }
        all => (all.iter().map(|it| from_rhai(it)).collect::<Vec<_>>(), Map::new()),
    };
    let (globals, own) = crate::options::split(named);
    let def = facts::find(&name).ok_or_else(|| throw(context, unknown_fact(&name)))?;
    let evaluation = current().map_err(plain)?;
    let fact = def.read(positional, own).map_err(|errors| all(context, errors))?;
    let globals = evaluation.globals(globals).map_err(|errors| all(context, errors))?;
    let other = (!host.own && *host.name != *evaluation.host.name).then_some(&*host.name);
    let value =
        evaluation.driver.fact(&*fact, &globals, other).map_err(|error| throw(context, error))?;
    let Some(why) = value.unknown() else { return Ok(to_rhai(value)) };
    evaluation.driver.met_unknown();
    if (def.is_flag)() {
        return super::unknown::decide(&Unknown::of(Arc::clone(why))).map(Dynamic::from);
    }
    Ok(Dynamic::from(Unknown { why: Arc::clone(why), has_flags: (def.has_flags)() }))
}

/// The error for a fact that does not exist.
pub(crate) fn unknown_fact(name: &str) -> Error {
    let mut error = Error::usage(format!("there is no fact `{name}`"));
    let snake = name.chars().fold(String::new(), |mut text, it| {
        if it.is_ascii_uppercase() && !text.is_empty() && !text.ends_with('.') {
            text.push('_');
        }
        text.push(it.to_ascii_lowercase());
        text
    });
    error.hint = facts::find(&snake)
        .map(|def| format!("did you mean `{}`?", def.name))
        .or_else(|| did_you_mean(name, facts::all().map(|def| def.name)))
        .or_else(|| Some("`infra doc` lists the facts".to_owned()));
    error
}

fn all(context: &NativeCallContext<'_>, errors: Vec<Error>) -> Thrown {
    super::problem::throw_all(context, errors, super::current::Evaluation::place(context, 0))
}

fn group(
    context: NativeCallContext<'_>,
    _inventory: &mut InventoryHandle,
    name: &str,
) -> Result<rhai::Array, Thrown> {
    let view = inventory()?;
    let Some(hosts) = view.groups.get(name) else {
        let mut error = Error::usage(format!("there is no group `{name}`"));
        error.hint = did_you_mean(name, view.groups.keys().map(String::as_str));
        return Err(throw(&context, error));
    };
    Ok(hosts.iter().map(|host| HostHandle::other(host)).collect())
}

fn other_host(
    context: NativeCallContext<'_>,
    _inventory: &mut InventoryHandle,
    name: &str,
) -> Result<Dynamic, Thrown> {
    inventory()?.host(name).map_err(|error| throw(&context, error))?;
    Ok(HostHandle::other(name))
}
