//! Operations and facts that a project's scripts define. Their arguments are read from the script's text
//! and become rows of the tables, so that whatever loops over the tables (scripts, checks, the manual,
//! completion, the command line) has them like those that are built in.
//!
//! What they do stays in the script: `script/define.rs`.

use std::collections::BTreeSet;
use std::sync::{PoisonError, RwLock};

use crate::args::{ArgDef, Kind, Values};
use crate::error::{Error, Result, did_you_mean};
use crate::fact::FactDef;
use crate::operation::OpDef;
use crate::value::{Map, Value};

/// The rows that scripts defined so far.
static ROWS: RwLock<Rows> = RwLock::new(Rows { operations: Vec::new(), facts: Vec::new() });

struct Rows {
    operations: Vec<&'static OpDef>,
    facts: Vec<&'static FactDef>,
}

/// The operations that scripts define.
pub(crate) fn operations() -> Vec<&'static OpDef> {
    ROWS.read().unwrap_or_else(PoisonError::into_inner).operations.clone()
}

/// The facts that scripts define.
pub(crate) fn facts() -> Vec<&'static FactDef> {
    ROWS.read().unwrap_or_else(PoisonError::into_inner).facts.clone()
}

/// Adds an operation, in place of one of that name.
pub(crate) fn add_operation(def: OpDef) {
    let mut rows = ROWS.write().unwrap_or_else(PoisonError::into_inner);
    rows.operations.retain(|it| it.name != def.name);
    rows.operations.push(Box::leak(Box::new(def)));
}

/// Adds a fact, in place of one of that name.
pub(crate) fn add_fact(def: FactDef) {
    let mut rows = ROWS.write().unwrap_or_else(PoisonError::into_inner);
    rows.facts.retain(|it| it.name != def.name);
    rows.facts.push(Box::leak(Box::new(def)));
}

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

/// Names that stand for something else before a dot.
const TAKEN: &[&str] = &["host", "inventory", "config", "local", "console"];

/// Types as scripts write them.
const TYPES: &[(&str, Kind)] = &[
    ("text", Kind::Text),
    ("bool", Kind::Bool),
    ("integer", Kind::Integer),
    ("number", Kind::Number),
    ("scalar", Kind::Scalar),
    ("mode", Kind::Mode),
    ("secret", Kind::Secret),
    ("list", Kind::List(&Kind::Any)),
    ("list of text", Kind::List(&Kind::Text)),
    ("list of integers", Kind::List(&Kind::Integer)),
    ("text or list", Kind::OneOrMany(&Kind::Text)),
    ("map", Kind::Map(&Kind::Any)),
    ("map of text", Kind::Map(&Kind::Text)),
    ("any", Kind::Any),
];

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

/// One parameter: a type (`"text"`, `"text?"`), a default (`80`, `true`, `[]`), or a map that has both.
fn parameter(name: &str, spec: &Value) -> Result<(ArgDef, Option<Value>)> {
    if !is_identifier(name) || name.starts_with('_') || name == "name" {
        return Err(Error::usage(format!("an argument cannot be called `{name}`")).hint(
            "`name` is the label of a call, and names with `_` before them are global arguments",
        ));
    }
    let (kind, default, required, doc) = match spec {
        Value::Text(text) => {
            let (kind, optional) = kind(text)?;
            (kind, None, !optional, String::new())
        }
        Value::Map(map) => described(map)?,
        Value::Unknown(_) => return Err(not_written(name)),
        Value::Unit => (Kind::Any, None, false, String::new()),
        default => (kind_of(default)?, Some(default.clone()), false, String::new()),
    };
    let doc = if doc.is_empty() { "Not described.".to_owned() } else { doc };
    let def = ArgDef {
        name: keep(name),
        doc: keep(&doc),
        kind,
        required,
        default: default.as_ref().map(|it| keep(&it.to_json().to_string())),
        aliases: &[],
        rest: false,
    };
    Ok((def, default))
}

/// `#{ type: "text", default: "x", doc: "…", choices: ["x", "y"] }`
fn described(map: &Map) -> Result<(Kind, Option<Value>, bool, String)> {
    const KEYS: &[&str] = &["type", "default", "required", "choices", "doc"];
    if let Some(error) = unknown_keys("a parameter", map, KEYS).into_iter().next() {
        return Err(error);
    }
    if map.values().any(|it| it.unknown().is_some()) {
        return Err(Error::usage("the description of an argument must be written out"));
    }
    let default = map.get("default").filter(|it| !matches!(it, Value::Unit)).cloned();
    let (of_type, optional) = match (map.get("type"), map.get("choices"), &default) {
        (_, Some(Value::List(words)), _) => {
            let words = words.iter().map(|it| match it {
                Value::Text(word) => Ok(keep(word)),
                other => Err(Error::usage(format!("a choice is text, not {}", other.kind()))),
            });
            let words: Vec<&'static str> = words.collect::<Result<_>>()?;
            (Kind::Choice(Vec::leak(words)), false)
        }
        (_, Some(_), _) => return Err(Error::usage("`choices` is a list of words")),
        (Some(Value::Text(text)), None, _) => kind(text)?,
        (Some(_), None, _) => return Err(Error::usage("`type` is one of the types in quotes")),
        (None, None, Some(default)) => (kind_of(default)?, false),
        (None, None, None) => (Kind::Any, false),
    };
    let default = match default {
        None => None,
        Some(given) => Some(of_type.read(&given).ok_or_else(|| {
            Error::usage(format!("its default must be {of_type}, not {}", given.kind()))
        })?),
    };
    let required = match map.get("required") {
        None => default.is_none() && !optional,
        Some(Value::Bool(it)) => *it && default.is_none(),
        Some(_) => return Err(Error::usage("`required` is true or false")),
    };
    let doc = match map.get("doc") {
        None | Some(Value::Unit) => String::new(),
        Some(Value::Text(text)) => unindented(text),
        Some(_) => return Err(Error::usage("`doc` is text")),
    };
    Ok((of_type, default, required, doc))
}

/// The type that a word means, and whether it may be left out (`?`).
fn kind(text: &str) -> Result<(Kind, bool)> {
    let (word, optional) = text.strip_suffix('?').map_or((text, false), |word| (word, true));
    if let Some((_, kind)) = TYPES.iter().find(|(name, _)| *name == word) {
        return Ok((*kind, optional));
    }
    let names: Vec<&str> = TYPES.iter().map(|it| it.0).collect();
    let hint = did_you_mean(word, names.iter().copied()).unwrap_or_else(|| {
        format!(
            "a default is written #{{ default: \"{text}\" }}; the types are {}",
            names.join(", ")
        )
    });
    Err(Error::usage(format!("there is no type `{word}`")).hint(hint))
}

/// The type of a default.
fn kind_of(default: &Value) -> Result<Kind> {
    Ok(match default {
        Value::Bool(_) => Kind::Bool,
        Value::Int(_) => Kind::Integer,
        Value::Float(_) => Kind::Number,
        Value::Text(_) => Kind::Text,
        Value::List(_) => Kind::List(&Kind::Any),
        Value::Map(_) => Kind::Map(&Kind::Any),
        other => return Err(Error::usage(format!("a default cannot be {}", other.kind()))),
    })
}

fn wrong_name(what: &str, name: &str, built_in: bool) -> Option<Error> {
    let error = if built_in {
        Error::usage(format!("the {what} `{name}` is built in")).hint("give yours another name")
    } else if !name.contains('.') || !name.split('.').all(is_identifier) {
        Error::usage(format!("{} cannot be called `{name}`", with_article(what)))
            .hint("a name is a module and a name with a dot between: nginx.site")
    } else if name.split('.').next().is_some_and(|root| TAKEN.contains(&root)) {
        let root = name.split('.').next().unwrap_or_default();
        Error::usage(format!("{} cannot be called `{name}`", with_article(what)))
            .hint(format!("`{root}` stands for something else in scripts"))
    } else {
        return None;
    };
    Some(error)
}

fn with_article(what: &str) -> String {
    format!("{} {what}", if what.starts_with('o') { "an" } else { "a" })
}

fn is_identifier(word: &str) -> bool {
    word.starts_with(|it: char| it.is_ascii_lowercase() || it == '_')
        && word.chars().all(|it| it.is_ascii_lowercase() || it.is_ascii_digit() || it == '_')
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
