//! `--limit` and `--exclude`.

use std::collections::HashSet;

use globset::Glob;

use super::{Inventory, LoadError};
use crate::error::{Error, did_you_mean};
use crate::place::Problem;

/// Leaves in the run the hosts that match one of `limit` (all, where there is none) and none of
/// `exclude`. A pattern is the name of a group or a glob over the names of hosts; several may stand in
/// one text with commas between.
pub(super) fn select(
    inventory: &mut Inventory,
    limit: &[String],
    exclude: &[String],
) -> Result<(), LoadError> {
    let limited = matching(inventory, "--limit", limit)?;
    let excluded = matching(inventory, "--exclude", exclude)?;
    for (name, host) in &mut inventory.hosts {
        host.selected = (limit.is_empty() || limited.contains(name)) && !excluded.contains(name);
    }
    if inventory.hosts.values().any(|it| it.selected) {
        return Ok(());
    }
    Err(none(
        Error::usage("no host is left after `--limit` and `--exclude`")
            .hint("`debug-inventory` shows hosts and groups"),
    ))
}

fn none(error: Error) -> LoadError {
    LoadError::NoHosts(Problem::new(error))
}

fn matching(
    inventory: &Inventory,
    option: &str,
    patterns: &[String],
) -> Result<HashSet<String>, LoadError> {
    let mut found = HashSet::new();
    for pattern in patterns.iter().flat_map(|it| it.split(',')).map(str::trim) {
        let hosts = hosts(inventory, option, pattern)?;
        if hosts.is_empty() {
            let known = inventory.groups.keys().chain(inventory.hosts.keys());
            let mut error = Error::usage(format!("`{option} {pattern}` matches no host"));
            error.hint = did_you_mean(pattern, known.map(String::as_str)).or_else(|| {
                Some("it is the name of a group, or a glob over names of hosts".to_owned())
            });
            return Err(none(error));
        }
        found.extend(hosts);
    }
    Ok(found)
}

fn hosts(inventory: &Inventory, option: &str, pattern: &str) -> Result<Vec<String>, LoadError> {
    if let Some(group) = inventory.groups.get(pattern) {
        return Ok(group.clone());
    }
    // A name is a name, also where it has letters that mean something in a glob: `[::1]:22`.
    if inventory.hosts.contains_key(pattern) {
        return Ok(vec![pattern.to_owned()]);
    }
    let glob = Glob::new(pattern)
        .map_err(|error| {
            let error =
                Error::usage(format!("`{option} {pattern}` is not a glob: {}", error.kind()))
                    .hint("`*`, `?`, `[a-c]` and `{one,two}` are what a glob has");
            LoadError::Problems(vec![Problem::new(error)])
        })?
        .compile_matcher();
    Ok(inventory.hosts.keys().filter(|name| glob.is_match(name)).cloned().collect())
}
