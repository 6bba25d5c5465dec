//! `--record FILE`: what hosts answered, as `@fake/FILE` reads it.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use infra_engine::command::scrub;
use infra_engine::error::Error;
use infra_engine::event::{Event, Listener};
use infra_engine::value::Map;
use infra_engine::{Value, fact, facts};
use serde_json::{Value as Json, json};

use crate::engine::Inventory;

/// Writes a file of facts at the end of the run.
pub(crate) struct Recorder {
    path: PathBuf,
    hosts: Mutex<Json>,
    /// The groups of each host, so that the same data applies to it.
    groups: HashMap<String, Vec<String>>,
}

impl Recorder {
    /// Adds to what the file has already.
    pub(crate) fn new(path: &Path, inventory: &Inventory) -> Result<Self, Error> {
        let wrong = |why: String| {
            Error::usage(format!("cannot record to `{}`: {why}", path.display()))
                .hint("give the name of a new file, or of one that was recorded before")
        };
        let known = match std::fs::read_to_string(path) {
            Ok(text) if !text.trim().is_empty() => {
                serde_json::from_str(&text).map_err(|error| wrong(error.to_string()))?
            }
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(wrong(error.to_string()));
            }
            _ => json!({"hosts": {}}),
        };
        if !known.get("hosts").is_some_and(Json::is_object) {
            return Err(wrong("it holds no `hosts`".to_owned()));
        }
        let own = |name: &String| name != "all" && !name.starts_with('@');
        let groups = inventory.hosts.values().map(|host| {
            let groups = host.groups.iter().filter(|it| own(it)).cloned().collect();
            (host.name.clone(), groups)
        });
        let groups = groups.collect();
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).map_err(|error| wrong(error.to_string()))?;
        }
        let recorder = Self { path: path.to_owned(), hosts: Mutex::new(known), groups };
        // A mistake costs nothing before the hosts are asked.
        recorder.write().map_err(|error| wrong(error.to_string()))?;
        Ok(recorder)
    }

    fn keep(&self, host: &str, name: &str, key: &str, value: &Json) {
        let mut known = self.hosts.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(hosts) = known.get_mut("hosts").and_then(Json::as_object_mut) else { return };
        let groups = self.groups.get(host);
        let host = hosts.entry(host).or_insert_with(|| json!({"groups": groups, "facts": {}}));
        let Some(host) = host.as_object_mut() else { return };
        let all = host.entry("facts").or_insert_with(|| json!({}));
        let Some(all) = all.as_object_mut() else { return };
        let takes_arguments = facts::find(name).is_some_and(|def| !def.args.is_empty());
        if !takes_arguments {
            all.insert(name.to_owned(), value.clone());
            return;
        }
        let answers = all.entry(name).or_insert_with(|| json!({}));
        if let Some(answers) = answers.as_object_mut() {
            answers.insert(key.to_owned(), value.clone());
        }
    }

    fn write(&self) -> std::io::Result<()> {
        let known = self.hosts.lock().unwrap_or_else(PoisonError::into_inner);
        let text = format!("{:#}\n", *known);
        std::fs::write(&self.path, scrub(&text).as_bytes())
    }
}

impl Listener for Recorder {
    fn event(&self, event: &Event) {
        match event {
            Event::Answer { host, fact, key, value } => self.keep(host, fact, key, value),
            Event::FactValue { host, fact, arguments, value: Ok(value) } => {
                let arguments: Map = arguments
                    .iter()
                    .map(|(name, it)| (name.clone(), Value::from(it.clone())))
                    .collect();
                self.keep(host, fact, &fact::key_of(&arguments), value);
            }
            Event::Summary(_) => {
                if let Err(error) = self.write() {
                    let name = self.path.display();
                    crate::commands::say(&format!("cannot write `{name}`: {error}\n"));
                }
            }
            _ => {}
        }
    }

    fn wants_answers(&self) -> bool {
        true
    }
}
