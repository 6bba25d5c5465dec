//! `config`: options that hold for the rest of a script.

use rhai::{Dynamic, NativeCallContext};

use crate::error::{Error, did_you_mean};
use crate::options::GlobalArgs;
use crate::script::convert::from_rhai;
use crate::script::current::current;
use crate::script::problem::{Thrown, throw};

/// `config`, as a script's value.
#[derive(Clone, Debug)]
pub(super) struct Config;

pub(super) fn set_config(
    context: NativeCallContext<'_>,
    _config: &mut Config,
    name: &str,
    value: Dynamic,
) -> Result<(), Thrown> {
    let key = format!("_{name}");
    if !GlobalArgs::knows(&key) {
        return Err(throw(&context, no_option(name)));
    }
    let evaluation = current().map_err(|error| throw(&context, error))?;
    evaluation.config.borrow_mut().insert(key, from_rhai(&value));
    Ok(())
}

/// The error for an option that `config` does not have.
pub(in crate::script) fn no_option(name: &str) -> Error {
    let names = GlobalArgs::names().map(|it| it.trim_start_matches('_'));
    let mut error = Error::usage(format!("there is no option `{name}`"));
    error.hint = did_you_mean(name, names)
        .or_else(|| Some("options of the whole run belong in config.rhai".to_owned()));
    error
}
