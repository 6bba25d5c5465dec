//! What hosts do together, and what a script does about failure: `attempt`, `fail`, `gather`, `rolling`.

#![expect(clippy::needless_pass_by_value, reason = "Rhai hands values over")]

use rhai::{Dynamic, Engine, FnPtr, NativeCallContext};

use super::convert::{from_rhai, map_to_rhai, to_rhai};
use super::current::{Evaluation, current};
use super::pointer;
use super::problem::{Thrown, carried, throw, throw_all};
use crate::error::{Error, ErrorKind};
use crate::value::{Map, Value};

pub(super) fn bind(engine: &mut Engine) {
    engine
        .register_fn("attempt", attempt)
        .register_fn("fail", |context: NativeCallContext<'_>, why: &str| -> Result<(), Thrown> {
            let error = Error::failed(super::convert::readable(why));
            Err(throw_all(&context, vec![error], super::options::user_place(&context)))
        })
        .register_fn("gather", gather)
        .register_fn("rolling", rolling);
}

/// `attempt(|| { … })`: what fails in it is reported as ever, but the script goes on and can go back on
/// what it did: `failed`, `error` and the `value` of the block. The host's run counts as failed.
fn attempt(context: NativeCallContext<'_>, body: FnPtr) -> Result<rhai::Map, Thrown> {
    let evaluation = current().map_err(|error| throw(&context, error))?;
    let driver = &evaluation.driver;
    // What was owed before belongs to no attempt.
    driver.observe().map_err(|error| throw(&context, error))?;
    let blocks = evaluation.blocks.borrow().len();
    driver.attempt(true);
    let ended = pointer::call(&context, &body, &mut []).and_then(|value| {
        driver.observe().map_err(|error| throw(&context, error))?;
        Ok(value)
    });
    driver.attempt(false);
    let (error, value) = match ended {
        Ok(value) => (None, from_rhai(&value)),
        Err(thrown) => {
            let Some(why) = driver.recover(&carried(&thrown)) else { return Err(thrown) };
            evaluation.blocks.borrow_mut().truncate(blocks);
            (Some(why), Value::Unit)
        }
    };
    Ok(map_to_rhai(Map::from([
        ("failed".to_owned(), Value::Bool(error.is_some())),
        ("error".to_owned(), Value::Text(error.unwrap_or_default())),
        ("value".to_owned(), value),
    ])))
}

/// `gather(value)`: waits for the other hosts, and gives what each has to say, by its name: `()` for one
/// that does not come here, because it failed before or has other things to do.
fn gather(context: NativeCallContext<'_>, value: Dynamic) -> Result<Dynamic, Thrown> {
    let evaluation = current().map_err(|error| throw(&context, error))?;
    let path = evaluation.path(&context, &Evaluation::place(&context, 0));
    let all = evaluation
        .driver
        .gather(&path, from_rhai(&value))
        .map_err(|error| throw(&context, error))?;
    Ok(to_rhai(Value::Map(all)))
}

/// `rolling(2, || { … })`: two hosts after the other, in inventory order, each pair once the one before
/// has come to the end of the block. Where the block fails on a host, no later one begins it.
fn rolling(context: NativeCallContext<'_>, size: i64, body: FnPtr) -> Result<Dynamic, Thrown> {
    let evaluation = current().map_err(|error| throw(&context, error))?;
    let size = usize::try_from(size).ok().filter(|it| *it > 0).ok_or_else(|| {
        throw(&context, Error::usage(format!("`rolling` takes a number of hosts, not {size}")))
    })?;
    let place = Evaluation::place(&context, 0);
    let block = evaluation.path(&context, &place);
    let batch = evaluation.driver.position() / size;
    let outer = evaluation.enter_batch(&context, &place, batch);
    let begun = evaluation.trail.borrow().here();
    let ended = evaluation
        .driver
        .begin_batch(&block, &begun, batch)
        .map_err(|error| throw(&context, error))
        .and_then(|()| pointer::call(&context, &body, &mut []))
        .and_then(|value| {
            evaluation.driver.observe().map_err(|error| throw(&context, error))?;
            Ok(value)
        });
    evaluation.trail.borrow_mut().leave(outer);
    if let Err(thrown) = &ended
        && carried(thrown).kind != ErrorKind::Pending
    {
        evaluation.driver.fail_batch(&block);
    }
    ended
}
