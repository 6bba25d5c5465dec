//! Compares the decisions of the operations, and the values of the facts, with fixtures in pyinfra's format:
//! `cargo run -p infra-engine --example fixtures -- FOLDER [MODULE[.NAME]] [-v]`.
//!
//! An operation fixture holds arguments, facts and the commands that must come out; compared is what is
//! decided (nothing, change, error), since command text may be better here. A fact fixture holds what a
//! command prints and the value that it means.

#![expect(clippy::print_stdout, reason = "its output is its purpose")]

use std::collections::BTreeMap;
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

use infra_engine::error::ErrorKind;
use infra_engine::fact::{Answer, Question, QuestionId};
use infra_engine::facts::given::{GivenFacts, Missing};
use infra_engine::host::{Host, Identity, Source};
use infra_engine::options::SharedContext;
use infra_engine::project::Project;
use infra_engine::value::{Map, Value};
use infra_engine::{facts, operations};
use serde_json::Value as Json;

struct Fixture {
    facts: GivenFacts,
    project: Project,
}

impl Source for Fixture {
    fn known(&self, id: &QuestionId) -> Option<infra_engine::Result<Answer>> {
        self.facts.find(id).map(Ok)
    }
    fn ask(&self, question: Question) -> infra_engine::Result<Answer> {
        (question.parse)(None)
    }
    fn want(&self, _question: Question) {}
    fn identity(&self) -> Identity {
        Identity::default()
    }
    fn project(&self) -> &Project {
        &self.project
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let folder = PathBuf::from(arguments.first().ok_or("usage: fixtures FOLDER [MODULE] [-v]")?);
    let only = arguments.iter().skip(1).find(|it| *it != "-v").cloned().unwrap_or_default();
    let loud = arguments.iter().any(|it| it == "-v");
    let mut counts = BTreeMap::<String, (usize, usize)>::new();
    for (kind, run) in [("operations", operation as fn(&str, &Json) -> Verdict), ("facts", fact)] {
        for subject in list(&folder.join(kind))? {
            let name = snake(&file_name(&subject));
            if !name.starts_with(&only) {
                continue;
            }
            for case in list(&subject)? {
                let text = fs::read_to_string(&case)?;
                let json: Json = if case.extension().is_some_and(|it| it == "json") {
                    // Some of them have commas that JSON does not allow and YAML does.
                    serde_json::from_str(&text).or_else(|_| serde_saphyr::from_str(&text))?
                } else {
                    serde_saphyr::from_str(&text)?
                };
                let outcome = run(&name, &json);
                let count = counts.entry(format!("{kind} {name}")).or_default();
                count.1 += 1;
                match outcome {
                    Ok(()) => count.0 += 1,
                    Err(why) => {
                        println!("differs: {kind} {name} {}: {why}", file_name(&case));
                        if loud {
                            println!("{json:#}");
                        }
                    }
                }
            }
        }
    }
    let (same, all) = counts.values().fold((0, 0), |sum, it| (sum.0 + it.0, sum.1 + it.1));
    for (name, (same, all)) in counts.iter().filter(|(_, (same, all))| same < all) {
        println!("{name}: {same} of {all}");
    }
    println!("{same} of {all} agree");
    Ok(())
}

type Verdict = Result<(), String>;

fn operation(name: &str, fixture: &Json) -> Verdict {
    let name = operation_name(name);
    let def = operations::find(&name).ok_or("no such operation")?;
    let positional = fixture["args"].as_array().cloned().unwrap_or_default();
    let named: Map = fixture["kwargs"]
        .as_object()
        .into_iter()
        .flatten()
        .map(|(key, value)| (key.clone(), Value::from(value.clone())))
        .collect();
    let expected = match (&fixture["exception"], fixture["commands"].as_array()) {
        (Json::Object(_), _) => "error",
        (_, Some(commands)) if !commands.is_empty() => "change",
        _ => "nothing",
    };
    let folder = local_files(&fixture["local_files"]).map_err(|error| error.to_string())?;
    let positional = positional.into_iter().enumerate().map(|(at, it)| match it.as_str() {
        // The fixture's own files are where its absolute paths lead.
        Some(path) if at == 0 && folder.join(path.trim_start_matches('/')).exists() => {
            folder.join(path.trim_start_matches('/')).to_string_lossy().into_owned().into()
        }
        _ => it.into(),
    });
    let read = def.read(positional.collect(), named);
    let source = Fixture {
        facts: GivenFacts::new(given(&fixture["facts"]), Missing::Default),
        project: Project::new(vec![folder.clone()]),
    };
    let planned = read
        .map_err(|errors| errors.into_iter().next().unwrap_or_else(infra_engine::Error::pending))
        .and_then(|(operation, _)| operation.plan(&Host::new(&source, SharedContext::default())));
    let _ = fs::remove_dir_all(folder);
    let (found, detail) = match planned {
        Ok(commands) if commands.is_empty() => ("nothing", commands.note.unwrap_or_default()),
        Ok(commands) => {
            let lines: Vec<_> = commands.list.iter().map(ToString::to_string).collect();
            ("change", lines.join(" ; "))
        }
        Err(error) if error.kind == ErrorKind::Pending => ("pending", String::new()),
        Err(error) => ("error", error.message),
    };
    if found == expected { Ok(()) } else { Err(format!("{expected} expected, {found}: {detail}")) }
}

fn fact(name: &str, fixture: &Json) -> Verdict {
    let def = facts::find(name).ok_or("no such fact")?;
    let (positional, named) = match &fixture["arg"] {
        Json::Null => (Vec::new(), Map::new()),
        Json::Array(items) => (items.iter().cloned().map(Value::from).collect(), Map::new()),
        Json::Object(map) => (
            Vec::new(),
            map.iter().map(|(key, it)| (key.clone(), Value::from(it.clone()))).collect(),
        ),
        one => (vec![Value::from(one.clone())], Map::new()),
    };
    let fact = def.read(positional, named).map_err(|errors| format!("{errors:?}"))?;
    let lines: Vec<&str> = match &fixture["output"] {
        Json::String(text) => text.lines().collect(),
        lines => lines.as_array().into_iter().flatten().filter_map(Json::as_str).collect(),
    };
    let printed = Printed { output: lines.join("\n") + "\n", project: Project::default() };
    let answer = fact
        .answer(&Host::new(&printed, SharedContext::default()))
        .map_err(|error| error.to_string())?
        .to_json();
    if similar(&answer, &fixture["fact"]) {
        Ok(())
    } else {
        Err(format!("{} expected, {answer}", fixture["fact"]))
    }
}

/// A host that prints the same whatever it is asked.
struct Printed {
    output: String,
    project: Project,
}

impl Source for Printed {
    fn known(&self, _id: &QuestionId) -> Option<infra_engine::Result<Answer>> {
        None
    }
    fn ask(&self, question: Question) -> infra_engine::Result<Answer> {
        let output = (self.output != "\n").then_some(self.output.as_bytes());
        (question.parse)(output)
    }
    fn want(&self, _question: Question) {}
    fn identity(&self) -> Identity {
        Identity::default()
    }
    fn project(&self) -> &Project {
        &self.project
    }
}

/// Equal, where 1 and 1.0 are equal and sets have no order.
fn similar(left: &Json, right: &Json) -> bool {
    match (left, right) {
        (Json::Number(a), Json::Number(b)) => a.as_f64() == b.as_f64(),
        (Json::Object(a), Json::Object(b)) => {
            a.len() == b.len()
                && a.iter().all(|(key, it)| b.get(key).is_some_and(|other| similar(it, other)))
        }
        (Json::Array(a), Json::Array(b)) => {
            a.len() == b.len() && a.iter().all(|it| b.iter().any(|other| similar(it, other)))
        }
        _ => left == right,
    }
}

fn given(facts: &Json) -> BTreeMap<String, Json> {
    let facts = facts.as_object().into_iter().flatten();
    facts.map(|(name, value)| (snake(name), value.clone())).collect()
}

/// The fixture's local files, in a folder of their own; binary ones are described by their size only.
fn local_files(tree: &Json) -> std::io::Result<PathBuf> {
    let folder = std::env::temp_dir().join(format!("infra-fixture-{}", std::process::id()));
    fs::create_dir_all(&folder)?;
    write_files(&folder, tree)?;
    Ok(folder)
}

fn write_files(folder: &Path, tree: &Json) -> std::io::Result<()> {
    for (name, it) in tree["files"].as_object().into_iter().flatten() {
        let text = it.as_str().unwrap_or("");
        let path = folder.join(name.trim_start_matches('/'));
        fs::create_dir_all(path.parent().unwrap_or(folder))?;
        fs::write(path, text)?;
    }
    for (name, it) in tree["links"].as_object().into_iter().flatten() {
        std::os::unix::fs::symlink(it.as_str().unwrap_or("."), folder.join(name))?;
    }
    for (name, it) in tree["dirs"].as_object().into_iter().flatten() {
        let path = folder.join(name.trim_start_matches('/'));
        fs::create_dir_all(&path)?;
        write_files(&path, it)?;
    }
    Ok(())
}

/// `freebsd.pkg.install` and `service.service` style names as they are here.
fn operation_name(name: &str) -> String {
    name.to_owned()
}

/// `server.LinuxName` is `server.linux_name` here.
fn snake(name: &str) -> String {
    let mut text = String::new();
    let mut before = '.';
    let letters: Vec<char> = name.chars().collect();
    for (at, it) in letters.iter().enumerate() {
        let next_is_lower = letters.get(at + 1).is_some_and(char::is_ascii_lowercase);
        let starts = it.is_ascii_uppercase()
            && before != '.'
            && (before.is_ascii_lowercase() || before.is_ascii_digit() || next_is_lower)
            && before != '_';
        if starts {
            text.push('_');
        }
        text.push(it.to_ascii_lowercase());
        before = *it;
    }
    text
}

fn list(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut entries: Vec<PathBuf> =
        fs::read_dir(folder)?.flatten().map(|entry| entry.path()).collect();
    entries.sort();
    Ok(entries)
}

fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}
