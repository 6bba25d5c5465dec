//! What hosts do together, and what a script does about failure: `attempt`, `fail`, `gather`, `rolling`.

#![expect(clippy::needless_pass_by_value, reason = "Rhai hands values over")]

use rhai::{Dynamic, Engine, FnPtr, NativeCallContext};

use super::convert::{from_rhai, map_to_rhai, to_rhai};
use super::current::{Evaluation, current};
use super::driver::Limits;
use super::path::CallPath;
use super::pointer;
use super::problem::{Thrown, carried, throw, throw_all};
use crate::error::Error;
use crate::place::Place;
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
    let limits = Limits { at_a_time: size, ..Limits::default() };
    let place = Evaluation::place(&context, 0);
    in_batches(&context, &place, limits, "rolling", |block, batch| {
        let begun = evaluation.trail.borrow().here();
        evaluation
            .driver
            .begin_batch(block, &begun, batch.saturating_mul(size))
            .map_err(|error| throw(&context, error))?;
        pointer::call(&context, &body, &mut [])
    })
}

/// Evaluates a block that hosts pass in batches: `body` is given its path and the number of the host's batch.
pub(super) fn in_batches(
    context: &NativeCallContext<'_>,
    place: &Place,
    limits: Limits,
    label: &str,
    body: impl FnOnce(&CallPath, usize) -> Result<Dynamic, Thrown>,
) -> Result<Dynamic, Thrown> {
    let at_place = |error| throw_all(context, vec![error], place.clone());
    let evaluation = current().map_err(at_place)?;
    let path = evaluation.path(context, place);
    let label = evaluation.label(label);
    let batch = evaluation.driver.enter(&path, limits).map_err(at_place)?;
    let base = evaluation.trail.borrow_mut().enter_block(&path, batch);
    let result = body(&path, batch);
    evaluation.trail.borrow_mut().leave_block(base);
    let left = evaluation.driver.leave(&path, &label, limits, result.is_err());
    let value = result?;
    left.map_err(at_place)?;
    Ok(value)
}
