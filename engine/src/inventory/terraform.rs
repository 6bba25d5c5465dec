//! `@terraform[/output]`: hosts from an output of Terraform.

use std::path::Path;

use super::address::Found;
use super::document;
use crate::connectors::controller;
use crate::error::{Error, Result, did_you_mean};
use crate::value::{Map, Value};

/// Outputs that are looked for where none is named.
const OUTPUTS: [&str; 2] = ["infra_inventory", "pyinfra_inventory"];

/// The hosts of the output at `path` (`web`, `web.value`, `network.value.hosts`): a list of names or of
/// maps with `name` and data, or a map from group to such a list.
pub(super) fn hosts(path: &str) -> Result<Vec<Found>> {
    let output =
        controller::program(Path::new("terraform"), &["output", "-json"]).map_err(|it| {
            it.hint("`@terraform` needs the program terraform, in the folder that has its state")
        })?;
    if output.code != 0 {
        let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
        return Err(
            Error::usage(format!("`terraform output` exited with {}", output.code)).hint(said)
        );
    }
    read(&String::from_utf8_lossy(&output.stdout), path)
}

fn read(text: &str, path: &str) -> Result<Vec<Found>> {
    let outputs = document::json(text).map_err(|it| {
        Error::usage(format!("`terraform output` printed no JSON: {}", it.message))
    })?;
    let Value::Map(outputs) = outputs else {
        return Err(Error::usage("`terraform output` printed no object"));
    };
    let default = OUTPUTS.into_iter().find(|it| outputs.contains_key(*it)).unwrap_or(OUTPUTS[0]);
    let path = if path.is_empty() { default } else { path };
    match find(&outputs, path)? {
        Value::List(list) => list.iter().map(|it| host(it, None)).collect(),
        Value::Map(groups) => {
            let mut found = Vec::new();
            for (group, list) in groups {
                let Value::List(list) = list else {
                    return Err(Error::usage(format!("`{path}.{group}` is {}", list.kind()))
                        .hint("a group is a list of hosts"));
                };
                for it in list {
                    found.push(host(it, Some(group))?);
                }
            }
            Ok(found)
        }
        other => Err(Error::usage(format!("the output `{path}` is {}", other.kind()))
            .hint("it is a list of hosts, or a map from group to such a list")),
    }
}

/// The value at a dotted path; an output's own `value` need not be named.
fn find<'a>(outputs: &'a Map, path: &str) -> Result<&'a Value> {
    let mut steps = path.split('.').peekable();
    let first = steps.next().unwrap_or_default();
    let mut value = step(outputs, first, path)?;
    if steps.peek() != Some(&"value")
        && let Value::Map(output) = value
        && let Some(inner) = output.get("value")
    {
        value = inner;
    }
    for name in steps {
        let Value::Map(map) = value else {
            return Err(Error::usage(format!("the output `{path}` has no `{name}`")));
        };
        value = step(map, name, path)?;
    }
    Ok(value)
}

fn step<'a>(map: &'a Map, name: &str, path: &str) -> Result<&'a Value> {
    map.get(name).ok_or_else(|| {
        let error = Error::usage(format!("terraform has no output `{path}`"));
        let known: Vec<&str> = map.keys().map(String::as_str).collect();
        let hint =
            did_you_mean(name, known.iter().copied()).unwrap_or_else(|| match known.as_slice() {
                [] => "there is nothing; `terraform output` shows what there is".to_owned(),
                known => format!("there is {}", known.join(", ")),
            });
        error.hint(hint)
    })
}

fn host(value: &Value, group: Option<&str>) -> Result<Found> {
    let mut groups = vec!["@terraform".to_owned()];
    groups.extend(group.map(str::to_owned));
    let (name, known) = match value {
        Value::Text(name) => (name.clone(), Map::new()),
        Value::Map(map) => {
            let mut data = map.clone();
            let name = data.shift_remove("name").or_else(|| data.get("ssh_hostname").cloned());
            let Some(Value::Text(name)) = name else {
                return Err(Error::usage("a host of the terraform output has no `name`"));
            };
            (name, data)
        }
        other => {
            return Err(Error::usage(format!(
                "{} of the terraform output is no host",
                other.kind()
            ))
            .hint("a host is a name, or a map with `name` and data"));
        }
    };
    Ok(Found { name, known, groups, ..Found::default() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outputs_are_hosts() {
        let text = r#"{"infra_inventory": {"sensitive": false, "value": {
                "web": [{"name": "w1", "ssh_hostname": "10.0.0.1"}, "w2"]}},
            "flat": {"value": ["f1"]}}"#;
        for (path, expected) in [
            ("", "w1 @terraform+web {\"ssh_hostname\":\"10.0.0.1\"}; w2 @terraform+web {}"),
            ("flat", "f1 @terraform {}"),
            ("flat.value", "f1 @terraform {}"),
            (
                "infra_inventory.web",
                "w1 @terraform {\"ssh_hostname\":\"10.0.0.1\"}; w2 @terraform {}",
            ),
            ("flatt", "terraform has no output `flatt` (did you mean `flat`?)"),
        ] {
            let shown = match read(text, path) {
                Ok(found) => {
                    let each = found.iter().map(|it| {
                        let known = Value::Map(it.known.clone());
                        format!("{} {} {known}", it.name, it.groups.join("+"))
                    });
                    each.collect::<Vec<_>>().join("; ")
                }
                Err(error) => format!("{error} ({})", error.hint.clone().unwrap_or_default()),
            };
            assert_eq!(shown, expected, "{path}");
        }
    }
}
