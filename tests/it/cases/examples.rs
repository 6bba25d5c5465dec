//! The examples in the manuals of operations and facts: each can be planned as it stands there.

use infra_engine::{facts, operations, standard};
use infra_tests::{Outcome, folder};
use libtest_mimic::Trial;
use serde_json::{Map, Value};

use crate::planning::{self, Known};
use crate::trial;

/// Local files that examples name are in `tests/cases/files`. What they expect on the host is in
/// `tests/cases/examples.json`, for the fact's own examples and for no other.
pub(crate) fn trials() -> Vec<Trial> {
    let operations = operations::all().map(|def| ("operation", def.name, def.doc));
    let facts = facts::all().map(|def| ("fact", def.name, def.doc));
    let mut trials = Vec::new();
    for (what, subject, doc) in operations.chain(facts) {
        for (number, example) in examples(doc).into_iter().enumerate() {
            let name = format!("examples/{what} {subject}, number {}", number + 1);
            let own = (what == "fact").then_some(subject);
            trials.push(trial(name, move || can_be_planned(&example, own)));
        }
    }
    for module in standard::modules() {
        let functions = module.functions();
        let docs = functions.iter().map(|it| (format!("{}.{}", module.name, it.name), &it.doc));
        let own = module.doc();
        for (subject, doc) in docs.chain([(module.name.to_owned(), &own)]) {
            for (number, example) in examples(doc).into_iter().enumerate() {
                let name = format!("examples/script {subject}, number {}", number + 1);
                trials.push(trial(name, move || can_be_planned(&example, None)));
            }
        }
    }
    trials
}

/// The fenced `rhai` blocks of a manual.
pub(crate) fn examples(doc: &str) -> Vec<String> {
    let mut examples: Vec<String> = Vec::new();
    let mut is_open = false;
    for line in doc.lines() {
        match line.trim_end() {
            "```rhai" => {
                is_open = true;
                examples.push(String::new());
            }
            "```" => is_open = false,
            _ => {
                if is_open && let Some(example) = examples.last_mut() {
                    example.push_str(line);
                    example.push('\n');
                }
            }
        }
    }
    examples
}

fn can_be_planned(example: &str, fact: Option<&str>) -> Outcome {
    let path = folder("examples.json");
    let text = std::fs::read_to_string(path).map_err(|error| error.to_string())?;
    let expected: Map<String, Value> =
        serde_json::from_str(&text).map_err(|error| error.to_string())?;
    let facts = expected.into_iter().filter(|(name, _)| Some(name.as_str()) == fact).collect();
    let known = Known { facts, data: Map::new(), missing: "default".to_owned() };
    let shown = planning::plan(example, &known);
    // What an example needs may not be there on a host without anything, which the plan then says.
    let fails = shown.code == 1 && shown.text().contains("\"event\":\"open\"");
    if shown.code == 0 || fails { Ok(()) } else { Err(format!("{example}\n{}", shown.text())) }
}
