//! Operations and facts that a project's scripts define. Their arguments are read from the script's text
//! and become rows of the tables, so that whatever loops over the tables (scripts, checks, the manual,
//! completion, the command line) has them like those that are built in.
//!
//! What they do stays in the script: `script/define.rs`.

mod names;
mod parameter;
mod rows;

pub(crate) use rows::{add_fact, add_operation, facts, operations};

use std::collections::BTreeSet;

use crate::args::{ArgDef, Values};
use crate::error::{Error, Result, did_you_mean};
use crate::value::{Map, Value};
use names::wrong_name;
use parameter::parameter;

/// What a script declares: the manual, and the arguments with their defaults. Like the tables it lives as
/// long as the program.
#[derive(Debug)]
pub(crate) struct Definition {
    /// The public name.
    pub(crate) name: &'static str,
    /// The manual.
    pub(crate) doc: &'static str,
    /// The arguments.
    pub(crate) args: &'static [ArgDef],
    /// The script that declares it.
    pub(crate) file: &'static str,
    defaults: Vec<Option<Value>>,
}

/// The arguments of a call.
#[derive(Clone, Debug)]
pub(crate) struct Arguments {
    /// All of them; `()` for one that was not given and has no default.
    pub(crate) all: Map,
    /// Those that differ from their defaults.
    pub(crate) given: Map,
}

/// What may stand beside `params`.
pub(crate) const OPERATION_KEYS: &[&str] = &["doc", "params"];
pub(crate) const FACT_KEYS: &[&str] =
    &["command", "parse", "requires", "default", "reads", "doc", "params"];

/// Reads the declaration of an operation: `#{ doc: "…", params: #{ … } }`, or the parameters alone.
/// Every mistake at once; each is laid at the door of the key that it is about.
pub(crate) fn operation(name: &str, spec: &Map, file: &str) -> Result<Definition, Vec<Error>> {
    let built_in = crate::operations::built_in().any(|def| def.name == name);
    let mut errors: Vec<Error> = wrong_name("operation", name, built_in).into_iter().collect();
    let mut spec = spec.clone();
    let params = match spec.get("params") {
        Some(Value::Map(params)) if !params.contains_key("type") => {
            errors.extend(unknown_keys("operation_define", &spec, OPERATION_KEYS));
            params.clone()
        }
        _ => {
            let own = spec.iter().filter(|(key, it)| *key != "doc" || matches!(it, Value::Map(_)));
            own.map(|(key, it)| (key.clone(), it.clone())).collect()
        }
    };
    let doc = spec.shift_remove("doc").filter(|it| !matches!(it, Value::Map(_)));
    Definition::new(name, doc, &params, file, errors)
}

/// Reads the declaration of a fact: `#{ command: "…", parse: |output| …, params: #{ … } }`.
pub(crate) fn fact(name: &str, spec: &Map, file: &str) -> Result<Definition, Vec<Error>> {
    let built_in = crate::facts::built_in().any(|def| def.name == name);
    let mut errors: Vec<Error> = wrong_name("fact", name, built_in).into_iter().collect();
    errors.extend(unknown_keys("fact_define", spec, FACT_KEYS));
    match spec.get("command") {
        None => errors.push(
            Error::usage("argument `command` is missing")
                .hint("the command whose output the fact is: command: \"nginx -v 2>&1\""),
        ),
        Some(Value::Text(_) | Value::Function(_) | Value::Unknown(_)) => {}
        Some(other) => errors.push(wrong("command", "text, or a function of the arguments", other)),
    }
    match spec.get("parse") {
        None | Some(Value::Unit | Value::Function(_) | Value::Unknown(_)) => {}
        Some(other) => errors.push(wrong("parse", "a function of the command's output", other)),
    }
    let params = match spec.get("params") {
        None | Some(Value::Unit) => Map::new(),
        Some(Value::Map(params)) => params.clone(),
        Some(other) => {
            errors.push(wrong("params", "a map of arguments", other));
            Map::new()
        }
    };
    Definition::new(name, spec.get("doc").cloned(), &params, file, errors)
}

impl Definition {
    fn new(
        name: &str,
        doc: Option<Value>,
        params: &Map,
        file: &str,
        mut errors: Vec<Error>,
    ) -> Result<Self, Vec<Error>> {
        let doc = match doc {
            None | Some(Value::Unit) => String::new(),
            Some(Value::Text(text)) => unindented(&text),
            Some(Value::Unknown(_)) => {
                errors.push(not_written("doc"));
                String::new()
            }
            Some(other) => {
                errors.push(wrong("doc", "text", &other));
                String::new()
            }
        };
        let doc = if doc.is_empty() { format!("Defined in `{file}`.") } else { doc };
        let mut args = Vec::new();
        let mut defaults = Vec::new();
        for (param, spec) in params {
            match parameter(param, spec) {
                Ok((def, default)) => {
                    args.push(def);
                    defaults.push(default);
                }
                Err(error) => errors.push(error.argument(param)),
            }
        }
        if !errors.is_empty() {
            return Err(errors);
        }
        // Those that must be given come first, so that they can be given by position; Rhai's maps have
        // no order of their own.
        let mut both: Vec<_> = args.into_iter().zip(defaults).collect();
        both.sort_by_key(|(def, _)| !def.required);
        let (args, defaults): (Vec<ArgDef>, Vec<_>) = both.into_iter().unzip();
        Ok(Self {
            name: keep(name),
            doc: keep(&doc),
            args: Vec::leak(args),
            file: keep(file),
            defaults,
        })
    }

    /// Reads the arguments of a call; every mistake at once.
    pub(crate) fn read(&self, mut values: Values) -> Result<Arguments, Vec<Error>> {
        let mut arguments = Arguments { all: Map::new(), given: Map::new() };
        for (def, default) in self.args.iter().zip(&self.defaults) {
            let Some(value) = values.take_as(def, default.as_ref()) else { continue };
            let usual = default.as_ref().map_or(serde_json::Value::Null, Value::to_json);
            if value.to_json() != usual {
                arguments.given.insert(def.name.to_owned(), value.clone());
            }
            arguments.all.insert(def.name.to_owned(), value);
        }
        values.finish()?;
        Ok(arguments)
    }
}

fn unknown_keys(of: &str, map: &Map, known: &[&str]) -> Vec<Error> {
    let unknown: BTreeSet<&String> =
        map.keys().filter(|key| !known.contains(&key.as_str())).collect();
    let error = |key: &String| {
        let hint = did_you_mean(key, known.iter().copied())
            .unwrap_or_else(|| format!("it has {}", known.join(", ")));
        Error::usage(format!("`{of}` has no `{key}`")).hint(hint).argument(key)
    };
    unknown.into_iter().map(error).collect()
}

fn wrong(key: &str, wanted: &str, found: &Value) -> Error {
    Error::usage(format!("`{key}` takes {wanted}, not {}", found.kind())).argument(key)
}

fn not_written(key: &str) -> Error {
    Error::usage(format!("`{key}` must be written out"))
        .hint("checks, the manual and completion read declarations from the text of the script")
        .argument(key)
}

/// Text of several lines without the indentation that all lines but the first have in common.
fn unindented(text: &str) -> String {
    let rest = text.lines().skip(1).filter(|line| !line.trim().is_empty());
    let indent = rest.map(|line| line.len() - line.trim_start().len()).min().unwrap_or(0);
    let lines = text.lines().enumerate().map(|(at, line)| match at {
        0 => line,
        _ => line.get(indent..).unwrap_or_default(),
    });
    lines.collect::<Vec<_>>().join("\n").trim().to_owned()
}

/// Text that lives as long as the tables.
pub(crate) fn keep(text: &str) -> &'static str {
    Box::leak(text.to_owned().into_boxed_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(json: serde_json::Value) -> Map {
        match Value::from(json) {
            Value::Map(map) => map,
            other => panic!("{other:?} is no map"),
        }
    }

    #[test]
    fn a_declaration_is_a_list_of_arguments() {
        let spec = map(serde_json::json!({
            "doc": "Serve a site.\n\n    More.",
            "root": {"type": "text", "default": "/srv", "doc": "Where it is."},
            "port": 80,
            "domain": "text",
            "alias": "text or list?",
            "state": {"choices": ["on", "off"]}
        }));
        let definition = operation("nginx.site", &spec, "x.rhai").unwrap();
        let shown: Vec<String> = definition
            .args
            .iter()
            .map(|it| format!("{}: {} {} {:?}", it.name, it.kind, it.required, it.default))
            .collect();
        assert_eq!(
            shown,
            [
                "domain: text true None",
                "state: \"on\" or \"off\" true None",
                "root: text false Some(\"\\\"/srv\\\"\")",
                "port: a whole number false Some(\"80\")",
                "alias: text, or a list of it false None",
            ]
        );
        assert_eq!(definition.doc, "Serve a site.\n\nMore.");
        let named = map(serde_json::json!({"state": "off", "port": 80}));
        let values = Values::new("nginx.site", definition.args, vec![Value::from("a")], named);
        let arguments = definition.read(values).unwrap();
        assert_eq!(Value::Map(arguments.given).to_string(), r#"{"domain":"a","state":"off"}"#);
        assert_eq!(
            Value::Map(arguments.all).to_string(),
            r#"{"domain":"a","state":"off","root":"/srv","port":80,"alias":null}"#
        );
    }

    #[test]
    fn every_mistake_of_a_declaration_is_told() {
        let spec = map(serde_json::json!({
            "a": "txt", "b": {"type": "text", "defualt": 1}, "_sudo": true,
            "c": {"type": "integer", "default": "x"}
        }));
        let errors = operation("Site", &spec, "x.rhai").unwrap_err();
        let shown: Vec<String> = errors.iter().map(|it| it.message.clone()).collect();
        assert_eq!(
            shown,
            [
                "an operation cannot be called `Site`",
                "there is no type `txt`",
                "`a parameter` has no `defualt`",
                "an argument cannot be called `_sudo`",
                "its default must be a whole number, not text",
            ]
        );
    }
}
