use serde::Serialize;
use serde_json::Value as Json;

use super::edit::newline;
use super::structured::{Wanted, get, remove, set};
use crate::args::OneOrMany;
use crate::{Args, Commands, Error, Host, Operation, Result, Scope};

/// Set or remove one value in a JSON file.
///
/// The order of keys stays. A file that changes is written anew with the indentation that it has, a
/// file in one line stays in one line; a file that need not change is left alone however it is
/// written. A missing file or key is added.
///
/// ```rhai
/// files.json("/etc/docker/daemon.json", "log-opts.max-size", "10m");
/// files.json("/etc/docker/daemon.json", ["insecure-registries"], ["registry.internal:5000"]);
/// files.json("/srv/app/package.json", "scripts.test", #{ present: false });
/// ```
#[derive(Debug, Args)]
#[args("files.json")]
pub(crate) struct JsonValue {
    /// The file on the host.
    path: String,

    /// Where the value is: keys joined with dots, or a list of keys. List items go by number from 0.
    key: OneOrMany<String>,

    #[arg(flatten)]
    wanted: Wanted,
}

impl Operation for JsonValue {
    fn plan(&self, host: &Host<'_>) -> Result<Commands> {
        self.wanted.plan(host, &self.path, &self.key, edit)
    }

    fn touches(&self) -> Vec<Scope> {
        vec![Scope::path(&self.path)]
    }
}

/// The text with the value set, or removed where it is `None`.
fn edit(text: &str, keys: &[String], value: Option<Json>) -> Result<String> {
    let now: Json = if text.trim().is_empty() {
        Json::Null
    } else {
        serde_json::from_str(text).map_err(|error| {
            Error::failed("not JSON").hint(format!(
                "{error}; JSON has no comments, files.line and files.block edit those that have"
            ))
        })?
    };
    if get(&now, keys) == value.as_ref() {
        return Ok(text.to_owned());
    }
    let mut wanted = now;
    match value {
        Some(value) => set(&mut wanted, keys, value)?,
        None => remove(&mut wanted, keys),
    }
    let mut after = written(&wanted, indentation(text))?.replace('\n', newline(text));
    if text.is_empty() || text.ends_with('\n') {
        after.push_str(newline(text));
    }
    Ok(after)
}

/// What the first indented line starts with; `None` where all is in one line.
fn indentation(text: &str) -> Option<&str> {
    let body = text.trim();
    if body.len() > 2 && !body.contains('\n') {
        return None;
    }
    let starts = body.lines().skip(1).map(|line| {
        let bare = line.trim_start_matches([' ', '\t']);
        line.get(..line.len() - bare.len()).unwrap_or_default()
    });
    Some(starts.into_iter().find(|it| !it.is_empty()).unwrap_or("  "))
}

fn written(json: &Json, indent: Option<&str>) -> Result<String> {
    let trouble = |error: &dyn std::fmt::Display| {
        Error::failed("the value cannot be written as JSON").hint(error.to_string())
    };
    let Some(indent) = indent else { return Ok(json.to_string()) };
    let mut bytes = Vec::new();
    let style = serde_json::ser::PrettyFormatter::with_indent(indent.as_bytes());
    let mut writer = serde_json::Serializer::with_formatter(&mut bytes, style);
    json.serialize(&mut writer).map_err(|error| trouble(&error))?;
    String::from_utf8(bytes).map_err(|error| trouble(&error))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn keeps_order_and_indentation() {
        let four = "{\n    \"b\": 1,\n    \"a\": {\n        \"x.y\": [\n            1\n        ]\n    }\n}\n";
        for (text, key, value, expected) in [
            (four, vec!["b"], Some(json!("q\"")), four.replace(": 1,", ": \"q\\\"\",")),
            (
                four,
                vec!["a", "x.y", "0"],
                Some(json!(2)),
                four.replace("            1", "            2"),
            ),
            (four, vec!["b"], None, four.replace("    \"b\": 1,\n", "")),
            (four, vec!["b"], Some(json!(1)), four.to_owned()),
            (four, vec!["none", "b"], None, four.to_owned()),
            ("{\"a\":1}", vec!["b"], Some(json!(true)), "{\"a\":1,\"b\":true}".to_owned()),
            ("{ \"a\" : 1 }", vec!["a"], Some(json!(1)), "{ \"a\" : 1 }".to_owned()),
            (
                "",
                vec!["a", "b"],
                Some(json!(1)),
                "{\n  \"a\": {\n    \"b\": 1\n  }\n}\n".to_owned(),
            ),
            ("", vec!["a"], None, String::new()),
        ] {
            let key: Vec<String> = key.into_iter().map(str::to_owned).collect();
            let once = edit(text, &key, value.clone()).unwrap();
            assert_eq!(once, expected, "{text} {key:?}");
            assert_eq!(edit(&once, &key, value).unwrap(), once, "{text} {key:?}");
        }
        assert!(edit("{ // no\n}", &["a".to_owned()], Some(json!(1))).is_err());
        assert!(edit("{\"a\":1}", &["a".to_owned(), "b".to_owned()], Some(json!(1))).is_err());
    }
}
