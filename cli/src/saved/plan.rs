//! Saved plans: `--plan-out FILE` writes one, `infra apply FILE` does what it says, once, where the hosts are
//! still as they were.
//!
//! A saved plan is the command line it was made with, sums of the facts it was made from, and what people
//! read. It holds no secrets: values are there as salted sums only, texts are scrubbed.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use indexmap::IndexMap;
use infra_engine::error::{Error, Result};
use infra_engine::event::{Basis, Event, Listener, Plan};
use infra_engine::fingerprint::Salt;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::{Kept, state};
use crate::line::Line;
use crate::report::json::planned;

/// The version of the format.
const VERSION: u64 = 1;

/// A plan that was read from a file.
#[derive(Debug)]
pub(crate) struct SavedPlan {
    /// What tells it from every other plan, and is the salt of its sums.
    pub(crate) id: String,
    /// The folder in which it was made.
    pub(crate) folder: PathBuf,
    /// The command line.
    pub(crate) words: Vec<String>,
    /// Options that must be given again.
    pub(crate) again: Vec<String>,
    /// When it was made.
    pub(crate) made: Option<Timestamp>,
    /// What it was made from, by host.
    pub(crate) hosts: Arc<IndexMap<String, Basis>>,
}

/// Writes the plan of a run to a file.
pub(crate) struct PlanFile {
    path: PathBuf,
    salt: Salt,
    line: Line,
    made: Timestamp,
}

impl PlanFile {
    /// To this file, for a run with this command line that began then.
    pub(crate) fn new(path: PathBuf, salt: Salt, line: Line, made: Timestamp) -> Self {
        Self { path, salt, line, made }
    }

    fn document(&self, plan: &Plan) -> Value {
        let Kept { words, again } = super::keep(&self.line);
        let folder = std::env::current_dir().unwrap_or_default();
        let hosts: serde_json::Map<String, Value> = plan
            .bases
            .iter()
            .map(|(host, it)| {
                (host.clone(), json!({"facts": it.facts, "operations": it.operations}))
            })
            .collect();
        let plan: Vec<Value> = plan.records.iter().map(planned).collect();
        json!({
            "version": VERSION, "infra": env!("CARGO_PKG_VERSION"), "id": self.salt.as_str(),
            "made": self.made.to_string(), "folder": folder, "command": words, "again": again, "hosts": hosts,
            "plan": plan,
        })
    }
}

impl Listener for PlanFile {
    fn event(&self, event: &Event) {
        let Event::Plan(plan) = event else { return };
        let text = format!("{:#}\n", self.document(plan));
        let path = self.path.display();
        match state::write(&self.path, &text) {
            Ok(()) => crate::commands::say(&format!(
                "The plan is saved. To apply it: infra apply {path}\n"
            )),
            Err(error) => {
                crate::report::written::tell_loss(&format!("`{path}`"), &error);
            }
        }
    }
}

impl SavedPlan {
    /// Reads a plan.
    pub(crate) fn read(path: &Path) -> Result<Self> {
        let shown = path.display();
        let text = fs::read_to_string(path)
            .map_err(|error| Error::usage(format!("cannot read the plan `{shown}`: {error}")))?;
        let json: Value = serde_json::from_str(&text).unwrap_or_default();
        if json.get("version").and_then(Value::as_u64).is_some_and(|version| version > VERSION) {
            return Err(Error::usage(format!("the plan `{shown}` was saved by a newer infra"))
                .hint("apply it with that version"));
        }
        Self::from_json(&json).ok_or_else(|| {
            Error::usage(format!("`{shown}` is no saved plan"))
                .hint("--plan-out FILE saves one: infra INVENTORY deploy.rhai --plan-out FILE")
        })
    }

    fn from_json(json: &Value) -> Option<Self> {
        let mut hosts = IndexMap::new();
        for (host, basis) in json["hosts"].as_object()? {
            let facts = basis["facts"].as_object()?.iter();
            let facts = facts.map(|(fact, sum)| Some((fact.clone(), sum.as_str()?.to_owned())));
            let operations = basis["operations"].as_array()?.iter();
            let operations = operations
                .map(|it| Some((it.get(0)?.as_str()?.to_owned(), it.get(1)?.as_str()?.to_owned())));
            let (facts, operations) =
                (facts.collect::<Option<_>>()?, operations.collect::<Option<_>>()?);
            hosts.insert(host.clone(), Basis { facts, operations });
        }
        Some(Self {
            id: json["id"].as_str()?.to_owned(),
            folder: json["folder"].as_str()?.into(),
            words: texts(&json["command"])?,
            again: texts(&json["again"])?,
            made: json["made"].as_str().and_then(|it| it.parse().ok()),
            hosts: Arc::new(hosts),
        })
    }

    /// That the plan has not been applied before.
    pub(crate) fn is_new(&self) -> Result<()> {
        match self.mark()?.metadata() {
            Ok(about) => {
                let when = about.modified().ok();
                let when = when.and_then(|it| it.duration_since(std::time::UNIX_EPOCH).ok());
                Err(used(when.map(|it| it.as_secs_f64())))
            }
            Err(_) => Ok(()),
        }
    }

    /// Notes that the plan is applied now; an error where it has been before.
    pub(crate) fn claim(&self) -> Result<()> {
        let mark = self.mark()?;
        match state::create(&mark) {
            Ok(_) => Ok(()),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => Err(used(None)),
            Err(error) => Err(Error::usage(format!("cannot write `{}`: {error}", mark.display()))
                .hint("it notes that the plan has been applied")),
        }
    }

    fn mark(&self) -> Result<PathBuf> {
        // The name comes from a file: nothing but what a name of ours has may reach the file system.
        let name: String = self.id.chars().filter(char::is_ascii_alphanumeric).collect();
        Ok(state::folder("applied")?.join(name))
    }
}

fn used(when: Option<f64>) -> Error {
    let when = when.map(|it| format!(", {}", state::ago(it))).unwrap_or_default();
    Error::usage(format!("this plan has been applied already{when}"))
        .hint("a plan is applied once; make a new one")
}

fn texts(json: &Value) -> Option<Vec<String>> {
    json.as_array()?.iter().map(|it| it.as_str().map(str::to_owned)).collect()
}
