//! Texts that were not given but follow from what was: a file's from its lines, from lines found in it
//! or from a block in it; a crontab's from its entries. And the installed packages that provide something, which
//! are among all that do.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use super::parts;
use crate::fact::{Answer, QuestionId};
use crate::facts::crontab::Entry;
use crate::facts::files;

/// The text of a file or a crontab, or what is in a directory.
pub(super) fn text(facts: &BTreeMap<String, Json>, id: &QuestionId) -> Option<Answer> {
    let text = match id.fact {
        "files.tree" => return tree(facts, id),
        "files.text" => file(facts, &argument(&id.key, "path")?)?,
        "crontab.text" => {
            crontab(facts.get("crontab.crontab")?, argument(&id.key, "user").as_ref())?
        }
        "rpm.providers" => facts.get("rpm.rpm_package_provides")?.get(&id.key)?.clone(),
        _ => return None,
    };
    Some(Answer::json(text))
}

fn file(facts: &BTreeMap<String, Json>, path: &str) -> Option<Json> {
    let about = |fact: &str| -> Vec<(&str, &Json)> {
        let entries = facts.get(fact).and_then(Json::as_object).into_iter().flatten();
        let entries = entries.map(|(key, it)| (key.as_str(), it));
        entries.filter(|(key, _)| argument(key, "path").as_deref() == Some(path)).collect()
    };
    let mut known = false;
    let mut lines: Option<Vec<String>> = None;
    for (_, found) in about("files.file_contents").into_iter().chain(about("files.find_in_file")) {
        known = true;
        let Some(found) = strings(found) else { continue };
        let all = lines.get_or_insert_default();
        let new: Vec<String> = found.into_iter().filter(|it| !all.contains(it)).collect();
        all.extend(new);
    }
    for (key, found) in about("files.block") {
        known = true;
        let Some(found) = strings(found) else { continue };
        let all = lines.get_or_insert_default();
        if !found.is_empty() {
            let [marker, begin, end] = ["marker", "begin", "end"].map(|it| argument(key, it));
            let block = files::Block { path: path.to_owned(), marker, begin, end };
            let (begin, end) = block.markers();
            all.extend([vec![begin], found, vec![end]].concat());
        }
    }
    let text = |lines: Vec<String>| lines.iter().flat_map(|it| [it.as_str(), "\n"]).collect();
    known.then(|| lines.map_or(Json::Null, |it| Json::String(text(it))))
}

/// What is said of a directory and of paths below it, whatever else of it was asked for.
fn tree(facts: &BTreeMap<String, Json>, id: &QuestionId) -> Option<Answer> {
    let path = argument(&id.key, "path")?;
    let all = |fact: &str| facts.get(fact).and_then(Json::as_object).into_iter().flatten();
    let of = |key: &str| argument(key, "path");
    if let Some((_, told)) = all("files.tree").find(|(key, _)| of(key).as_ref() == Some(&path)) {
        return Some(Answer::json(told.clone()));
    }
    let below = |full: &str| match full.strip_prefix(&path)? {
        "" => Some(".".to_owned()),
        rest => rest.strip_prefix('/').map(str::to_owned),
    };
    let mut entries = serde_json::Map::new();
    for (fact, kind) in
        [("files.directory", "directory"), ("files.link", "link"), ("files.file", "file")]
    {
        for (key, told) in all(fact) {
            let Some(name) = of(key).and_then(|it| below(&it)) else { continue };
            let mut entry = match told {
                Json::Object(map) => map.clone(),
                Json::Bool(true) => serde_json::Map::new(),
                _ => continue,
            };
            // A link to a directory counts as one.
            let kind = if name == "." { "directory" } else { kind };
            entry.insert("kind".to_owned(), kind.into());
            entries.insert(name, entry.into());
        }
    }
    for (key, sum) in all("files.sha1_file") {
        let entry = of(key).and_then(|it| below(&it)).and_then(|it| entries.get_mut(&it));
        if let Some(entry) = entry.and_then(Json::as_object_mut) {
            entry.insert("sha1".to_owned(), sum.clone());
        }
    }
    entries.contains_key(".").then(|| Answer::json(entries.into()))
}

/// The entries as a list, or as pyinfra's tests have them: by command.
fn crontab(given: &Json, user: Option<&String>) -> Option<Json> {
    let of_user = |map: &serde_json::Map<String, Json>| {
        let found = map.iter().find(|(key, _)| argument(key, "user").as_ref() == user);
        found.map(|(_, it)| it.clone())
    };
    let entries = match given {
        Json::Object(map) if map.keys().all(|it| it.starts_with("user=")) => of_user(map)?,
        other => other.clone(),
    };
    let entries: Vec<Entry> = match entries {
        Json::Object(map) => map
            .into_iter()
            .filter_map(|(command, it)| {
                let entry: Entry = serde_json::from_value(it).ok()?;
                let command = entry.env.is_none().then_some(command);
                Some(Entry { command: entry.command.clone().or(command), ..entry })
            })
            .collect(),
        Json::Array(_) => serde_json::from_value(entries).ok()?,
        _ => Vec::new(),
    };
    let lines: Vec<String> =
        entries.iter().flat_map(|it| it.comments.iter().cloned().chain([it.line()])).collect();
    let text: String = lines.iter().flat_map(|it| [it.as_str(), "\n"]).collect();
    Some(if text.is_empty() { Json::Null } else { Json::String(text) })
}

/// An argument of a fact's key, where it says something.
fn argument(key: &str, name: &str) -> Option<String> {
    let found = parts(key).into_iter().find(|(it, _)| it == name).map(|(_, value)| value);
    found.filter(|it| !super::EMPTY.contains(&it.as_str()))
}

fn strings(json: &Json) -> Option<Vec<String>> {
    let items = json.as_array()?;
    Some(items.iter().filter_map(Json::as_str).map(str::to_owned).collect())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn texts_follow_from_what_is_said_of_them() {
        let facts = json!({
            "files.find_in_file": {
                "extended_regex=False, path=/a, pattern=^.*x, y.*$": ["x, y"],
                "path=/a, pattern=z": ["x, y", "z"],
                "path=/none, pattern=z": null
            },
            "files.block": {"begin=B, end=None, marker=None, path=/b": ["in"]},
            "crontab.crontab": {"user=app": {"run": {"minute": 5, "comments": ["# c"]}}}
        });
        let facts = serde_json::from_value(facts).unwrap();
        for (fact, key, expected) in [
            ("files.text", "path=/a", Some(json!("x, y\nz\n"))),
            ("files.text", "path=/none", Some(Json::Null)),
            ("files.text", "path=/b", Some(json!("# B PYINFRA BLOCK\nin\n# END PYINFRA BLOCK\n"))),
            ("files.text", "path=/c", None),
            ("crontab.text", "user=app", Some(json!("# c\n5 * * * * run\n"))),
            ("crontab.text", "", None),
        ] {
            let id = QuestionId { fact, key: key.to_owned(), context: std::sync::Arc::default() };
            assert_eq!(text(&facts, &id).map(|it| it.to_json()), expected, "{fact} {key}");
        }
    }
}
