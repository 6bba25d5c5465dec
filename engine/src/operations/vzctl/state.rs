//! Whether a container is as it should be.

use serde_json::Value as Json;

use crate::facts::vzctl::OpenvzContainers;
use crate::{Commands, Host, Result, Shell};

/// Brings a container into a state, unless it is in it, or in one of `also`, already.
pub(super) fn bring(
    host: &Host<'_>,
    id: &str,
    state: &str,
    also: &[&str],
    line: Shell,
) -> Result<Commands> {
    let containers = host.fact(&OpenvzContainers {})?;
    let now = containers.get(id).and_then(|it| it.get("status")).and_then(Json::as_str);
    let now = now.unwrap_or_default();
    if now == state || also.contains(&now) {
        return Ok(Commands::none(format!("container {id} is {now}")));
    }
    let mut todo = Commands::from(line);
    todo.attribute(format!("container {id}"), "status", now, state);
    let mut after = (*containers).clone();
    after.entry(id.to_owned()).or_default().insert("status".to_owned(), state.into());
    todo.then(&OpenvzContainers {}, after);
    Ok(todo)
}
