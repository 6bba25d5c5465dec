//! Inventory files of ours: groups as lists of hosts.

use std::path::Path;

use super::address;
use super::document::Document;
use super::draft::{Draft, GroupKind, HostLayer};
use crate::error::{Error, Result, did_you_mean};
use crate::place::Problem;
use crate::script::DataScripts;
use crate::value::{Map, Value};

/// One group as a file gives it.
struct Group {
    hosts: Vec<(String, Map)>,
    data: Map,
}

/// Adds the groups of the file at `path`; every mistake at once.
pub(super) fn read(
    path: &Path,
    draft: &mut Draft,
    scripts: &DataScripts,
) -> Result<(), Vec<Problem>> {
    let document = Document::read(path, scripts)?;
    let mut problems = Vec::new();
    let mut members = Vec::new();
    let own = path.file_stem().unwrap_or_default().to_string_lossy();
    for (name, value) in document.values.iter().filter(|(name, _)| !name.starts_with('_')) {
        let group = match group(name, value, document.is_script) {
            Ok(Some(group)) => group,
            Ok(None) => continue,
            Err(error) => {
                problems.push(document.problem(name, error));
                continue;
            }
        };
        draft.group(name, GroupKind::Named);
        draft.group_data(name, format!("{} (group {name})", document.name), group.data);
        for (word, data) in group.hosts {
            match add_host(&word, &data, &document.name, draft) {
                Ok(hosts) => hosts.iter().for_each(|host| {
                    draft.member(name, GroupKind::Named, host);
                    members.push(host.clone());
                }),
                Err(error) => problems.push(document.problem(name, error)),
            }
        }
    }
    if !document.values.contains_key(&*own) {
        draft.group(&own, GroupKind::File);
        for host in &members {
            draft.member(&own, GroupKind::File, host);
        }
    }
    draft.files.push(path.to_owned());
    if problems.is_empty() { Ok(()) } else { Err(problems) }
}

fn add_host(word: &str, data: &Map, file: &str, draft: &mut Draft) -> Result<Vec<String>> {
    let origin = format!("{file} (host)");
    let mut names = Vec::new();
    for found in address::hosts(word)? {
        let name = draft.host(found, HostLayer::Inventory, &origin);
        draft.host_data(&name, HostLayer::Inventory, &origin, data.clone());
        names.push(name);
    }
    Ok(names)
}

/// The group that a value is; `None` for a script's other variables.
fn group(name: &str, value: &Value, is_script: bool) -> Result<Option<Group>> {
    match value {
        // A list of hosts and the group's data; a map is never a host's place in a list of two.
        Value::List(both) if let [Value::List(list), Value::Map(data)] = both.as_slice() => {
            Ok(Some(Group { hosts: hosts(list)?, data: data.clone() }))
        }
        Value::List(list) => Ok(Some(Group { hosts: hosts(list)?, data: Map::new() })),
        _ if is_script => Ok(None),
        Value::Map(map) => group_of_map(name, map).map(Some),
        other => Err(Error::usage(format!("`{name}` is {}, not a group of hosts", other.kind()))
            .hint(format!(
                "data for all hosts are the `data` of the group `all`, or stand in \
                 group_data/all.*; a name that starts with `_` (`_{name}`) is left alone"
            ))),
    }
}

fn group_of_map(name: &str, map: &Map) -> Result<Group> {
    if map.contains_key("children") || map.contains_key("vars") {
        return Err(Error::usage(format!("the group `{name}` is written as Ansible writes it"))
            .hint("give an inventory of Ansible's as `@ansible/PATH`"));
    }
    if let Some(key) = map.keys().find(|key| !matches!(key.as_str(), "hosts" | "data")) {
        let mut error = Error::usage(format!("the group `{name}` has an unknown key `{key}`"));
        error.hint = did_you_mean(key, ["hosts", "data"])
            .or_else(|| Some("a group is a list of hosts, or has `hosts` and `data`".to_owned()));
        return Err(error);
    }
    let hosts = match map.get("hosts") {
        None | Some(Value::Unit) => Vec::new(),
        Some(Value::List(list)) => hosts(list)?,
        Some(Value::Map(by_name)) => by_name
            .iter()
            .map(|(host, data)| Ok((host.clone(), host_data(host, data)?)))
            .collect::<Result<_>>()?,
        Some(other) => {
            return Err(Error::usage(format!("`hosts` of `{name}` is {}", other.kind()))
                .hint("it is a list of hosts, or a map from name to data"));
        }
    };
    let data = match map.get("data") {
        None | Some(Value::Unit) => Map::new(),
        Some(Value::Map(data)) => data.clone(),
        Some(other) => {
            return Err(Error::usage(format!("`data` of `{name}` is {}, not a map", other.kind())));
        }
    };
    Ok(Group { hosts, data })
}

fn hosts(list: &[Value]) -> Result<Vec<(String, Map)>> {
    list.iter().map(host).collect()
}

fn host(value: &Value) -> Result<(String, Map)> {
    match value {
        Value::Text(name) => return Ok((name.clone(), Map::new())),
        Value::List(parts) => match parts.as_slice() {
            [Value::Text(name)] => return Ok((name.clone(), Map::new())),
            [Value::Text(name), Value::Map(data)] => return Ok((name.clone(), data.clone())),
            _ => {}
        },
        Value::Map(map) => {
            if let Some(Value::Text(name)) = map.get("name")
                && map.keys().all(|key| matches!(key.as_str(), "name" | "data"))
            {
                let data = map.get("data").unwrap_or(&Value::Unit);
                return Ok((name.clone(), host_data(name, data)?));
            }
        }
        _ => {}
    }
    let shown = crate::command::scrub(&value.to_json().to_string()).into_owned();
    Err(Error::usage(format!("{} is not a host: {shown}", value.kind())).hint(
        "a host is \"name\" or [\"name\", { data }], a group is a list of them or \
         [[hosts], { data }]; a variable whose name starts with `_` is not a group",
    ))
}

fn host_data(host: &str, data: &Value) -> Result<Map> {
    match data {
        Value::Unit => Ok(Map::new()),
        Value::Map(data) => Ok(data.clone()),
        other => Err(Error::usage(format!("the data of `{host}` are {}, not a map", other.kind()))),
    }
}
