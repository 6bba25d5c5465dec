//! `@fake/FACTS.json`: hosts that are facts in a file, to try deploys without any host.

use std::path::Path;

use serde_json::Value as Json;

use super::Connector;
use super::address::Found;
use super::document;
use super::words::missing;
use crate::error::{Error, Result, did_you_mean};
use crate::value::{Map, Value};

/// The hosts of a file such as
/// `{"missing": "default", "hosts": {"web1": {"facts": {…}, "data": {…}, "groups": […]}}}`.
pub(super) fn hosts(file: &str) -> Result<Vec<Found>> {
    let path = Path::new(file);
    if !path.is_file() {
        return Err(missing(path));
    }
    let text = document::read_text(path)?;
    let value = document::json(&text).map_err(|it| {
        let place = format!("{file}:{}:{}", it.line, it.column);
        Error::usage(format!("{place}: {}", it.message))
    })?;
    let wrong = |why: &str| Error::usage(format!("`{file}`: {why}"));
    let Value::Map(top) = value else { return Err(wrong("it holds no object")) };
    known_keys(file, &top, &["hosts", "missing"])?;
    let missing_default = match top.get("missing") {
        None => false,
        Some(Value::Text(it)) if it == "default" => true,
        Some(Value::Text(it)) if it == "error" => false,
        Some(_) => return Err(wrong("`missing` is \"default\" or \"error\"")),
    };
    let Some(Value::Map(hosts)) = top.get("hosts") else {
        return Err(wrong("`hosts` is missing")
            .hint("{\"hosts\": {\"web1\": {\"facts\": {}, \"data\": {}, \"groups\": []}}}"));
    };
    hosts.iter().map(|(name, host)| fake(file, name, host, missing_default)).collect()
}

fn fake(file: &str, name: &str, host: &Value, missing_default: bool) -> Result<Found> {
    let wrong = |why: &str| Error::usage(format!("`{file}`, host `{name}`: {why}"));
    let Value::Map(host) = host else { return Err(wrong("it is not an object")) };
    known_keys(file, host, &["facts", "data", "groups"])?;
    let facts = match host.get("facts") {
        None => Json::Object(serde_json::Map::new()),
        Some(facts @ Value::Map(_)) => facts.to_json(),
        Some(_) => return Err(wrong("`facts` is an object of facts by name")),
    };
    let data = match host.get("data") {
        None => Map::new(),
        Some(Value::Map(data)) => data.clone(),
        Some(_) => return Err(wrong("`data` is an object")),
    };
    let mut groups = vec!["@fake".to_owned()];
    match host.get("groups") {
        None => {}
        Some(Value::List(names)) => {
            for name in names {
                let Value::Text(name) = name else {
                    return Err(wrong("`groups` is a list of names"));
                };
                groups.push(name.clone());
            }
        }
        Some(_) => return Err(wrong("`groups` is a list of names")),
    }
    let connector = Connector::Fake { facts, missing_default };
    Ok(Found { name: name.to_owned(), connector, data, groups, ..Found::default() })
}

fn known_keys(file: &str, map: &Map, known: &[&str]) -> Result<()> {
    let Some(key) = map.keys().find(|key| !known.contains(&key.as_str())) else {
        return Ok(());
    };
    let hint = did_you_mean(key, known.iter().copied())
        .unwrap_or_else(|| format!("there may be `{}`", known.join("`, `")));
    Err(Error::usage(format!("`{file}`: unknown key `{key}`")).hint(hint))
}
