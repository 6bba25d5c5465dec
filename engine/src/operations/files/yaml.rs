use serde_json::Value as Json;

use super::edit::{closed, newline};
use super::structured::{Wanted, get, remove, set};
use super::yaml_text;
use crate::args::OneOrMany;
use crate::{Args, Commands, Error, Host, Operation, Result, Scope};

/// Set or remove one value in a YAML file.
///
/// Only the lines of that value change; comments, order and the rest of the file stay as they are. A
/// missing file or key is added. What was written is read again before it is sent: where the file is
/// built such that only this value cannot be changed, the operation fails and changes nothing.
///
/// ```rhai
/// files.yaml("/etc/netplan/60-app.yaml", "network.version", 2);
/// files.yaml("/srv/app/config.yml", ["hosts", "db.internal"], #{ value: #{ port: 5432, tags: ["a"] } });
/// files.yaml("/srv/app/config.yml", "debug", #{ present: false });
/// ```
#[derive(Debug, Args)]
#[args("files.yaml")]
pub(crate) struct Yaml {
    /// The file on the host, with one document.
    path: String,

    /// Where the value is: keys joined with dots, or a list of keys.
    key: OneOrMany<String>,

    #[arg(flatten)]
    wanted: Wanted,
}

impl Operation for Yaml {
    fn plan(&self, host: &Host<'_>) -> Result<Commands> {
        self.wanted.plan(host, &self.path, &self.key, edit)
    }

    fn touches(&self) -> Vec<Scope> {
        vec![Scope::path(&self.path)]
    }
}

/// The text with the value set, or removed where it is `None`.
fn edit(text: &str, keys: &[String], value: Option<Json>) -> Result<String> {
    let now = read(text)?;
    if get(&now, keys) == value.as_ref() {
        return Ok(text.to_owned());
    }
    let mut wanted = now;
    match value {
        Some(value) => set(&mut wanted, keys, value)?,
        None => remove(&mut wanted, keys),
    }
    let ending = newline(text);
    // Where the lines of the value cannot be told from others, those of the value around it may be.
    for depth in (1..=keys.len()).rev() {
        let way = keys.get(..depth).unwrap_or(keys);
        let plain = closed(text, "\n").replace("\r\n", "\n");
        let Some(after) = yaml_text::put(&plain, way, get(&wanted, way)) else { continue };
        if read(&after).is_ok_and(|it| it == wanted || (is_empty(&it) && is_empty(&wanted))) {
            return Ok(after.replace('\n', ending));
        }
    }
    Err(Error::failed(format!("`{}` cannot be changed without changing more", keys.join(".")))
        .hint("write the file with files.template, or the value above it with files.yaml"))
}

fn is_empty(json: &Json) -> bool {
    json.is_null() || json.as_object().is_some_and(serde_json::Map::is_empty)
}

fn read(text: &str) -> Result<Json> {
    let says_something = |line: &str| !line.trim().is_empty() && !line.trim().starts_with('#');
    if !text.lines().any(says_something) {
        return Ok(Json::Null);
    }
    serde_saphyr::from_str(text).map_err(|error| {
        Error::failed("not YAML with one document")
            .hint(error.to_string().lines().next().unwrap_or_default().to_owned())
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const TEXT: &str = "# head\na: 1  # one\nb:\n  # in b\n  c: 'x # y' # note\n  list:\n  - 1\n  - k: v\n\
        \n# of d\n\"d e\": |\n  text\n   more\nflow: {x: 1, z: [2]}\nempty: {}\n";

    #[test]
    fn changes_one_value_and_keeps_the_rest() {
        for (key, value, old, new) in [
            (vec!["a"], json!(2), "a: 1  # one", "a: 2  # one"),
            (vec!["a"], json!("yes"), "a: 1  # one", "a: \"yes\"  # one"),
            (vec!["b", "c"], json!("z: q"), "c: 'x # y' # note", "c: \"z: q\" # note"),
            (vec!["b", "n"], json!(true), "  - k: v\n", "  - k: v\n  \"n\": true\n"),
            (vec!["b", "list"], json!([]), "list:\n  - 1\n  - k: v\n", "list: []\n"),
            (vec!["d e"], json!("one\ntwo"), "|\n  text\n   more\n", "\"one\\ntwo\"\n"),
            (vec!["flow", "x"], json!(3), "flow: {x: 1, z: [2]}", "flow:\n  x: 3\n  z:\n    - 2"),
            (vec!["empty", "p", "q"], json!("r"), "empty: {}", "empty:\n  p:\n    q: r"),
            (
                vec!["new"],
                json!({"m": [1, {"o": null}]}),
                "empty: {}\n",
                "empty: {}\nnew:\n  m:\n    - 1\n    - o: null\n",
            ),
        ] {
            let key: Vec<String> = key.into_iter().map(str::to_owned).collect();
            let once = edit(TEXT, &key, Some(value.clone())).unwrap();
            assert_eq!(once, TEXT.replacen(old, new, 1), "{key:?}");
            assert_eq!(edit(&once, &key, Some(value)).unwrap(), once, "{key:?}");
        }
    }

    #[test]
    fn removes_values_and_starts_files() {
        let key = |it: &[&str]| it.iter().map(|it| (*it).to_owned()).collect::<Vec<_>>();
        let gone = edit(TEXT, &key(&["b", "list"]), None).unwrap();
        assert_eq!(gone, TEXT.replace("  list:\n  - 1\n  - k: v\n", ""));
        assert_eq!(edit("a:\n  b: 1\n", &key(&["a", "b"]), None).unwrap(), "a: {}\n");
        assert_eq!(edit("a: 1\n", &key(&["a"]), None).unwrap(), "");
        assert_eq!(edit("", &key(&["a", "b"]), Some(json!(1))).unwrap(), "a:\n  b: 1\n");
        assert_eq!(edit("# c\n", &key(&["a"]), Some(json!("x"))).unwrap(), "# c\na: x\n");
        assert_eq!(edit("a: 1\r\n", &key(&["a"]), Some(json!(2))).unwrap(), "a: 2\r\n");
        assert!(edit("a: 1\n", &key(&["a", "b"]), Some(json!(2))).is_err());
        assert!(edit("a: [\n", &key(&["a"]), Some(json!(2))).is_err());
    }
}
