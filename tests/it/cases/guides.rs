//! The guides and the README: every script in them is checked and planned, every call of `infra` is one that
//! the program understands.

use std::fs;
use std::path::{Path, PathBuf};

use infra_tests::{Outcome, Project, Shown};
use libtest_mimic::Trial;
use serde_json::Map;

use crate::planning::{self, Known};
use crate::trial;

/// Calls that are run as they stand, in a new project; all others are only read, as their hosts are not there.
const RUN: &[&str] = &["@local", "init", "doc", "check", "test", "completions", "apply"];

pub(crate) fn trials() -> Vec<Trial> {
    let top = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut guides: Vec<PathBuf> = fs::read_dir(top.join("docs"))
        .into_iter()
        .flatten()
        .flatten()
        .map(|it| it.path())
        .filter(|it| it.extension().is_some_and(|it| it == "md"))
        .collect();
    guides.push(top.join("README.md"));
    guides.sort();
    let mut trials = Vec::new();
    for path in guides {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let text = fs::read_to_string(&path).unwrap_or_default();
        let (scripts, calls) = parts(&text);
        let own = scripts.iter().find(|it| it.starts_with("// deploy.rhai\n")).cloned();
        for (number, script) in scripts.into_iter().enumerate() {
            let title = format!("guides/{name}, script {}", number + 1);
            trials.push(trial(title, move || can_be_planned(&script)));
        }
        trials.push(trial(format!("guides/{name}, calls"), move || {
            are_understood(own.as_deref(), &calls)
        }));
    }
    trials
}

/// The scripts in fences, and the calls of `infra` in indented blocks.
fn parts(text: &str) -> (Vec<String>, Vec<String>) {
    let mut scripts: Vec<String> = Vec::new();
    let mut calls = Vec::new();
    let mut fence: Option<bool> = None;
    for line in text.lines() {
        match (&mut fence, line.trim().strip_prefix("```")) {
            (Some(_), Some(_)) => fence = None,
            (Some(is_script), None) => {
                if *is_script && let Some(script) = scripts.last_mut() {
                    script.push_str(line);
                    script.push('\n');
                }
            }
            (None, Some(kind)) => {
                let is_script = matches!(kind.trim(), "rhai" | "rust");
                fence = Some(is_script);
                if is_script {
                    scripts.push(String::new());
                }
            }
            (None, None) => {
                if let Some(call) = line.strip_prefix("    infra ") {
                    // What stands behind a gap is said of the call.
                    let call = call.split("   ").next().unwrap_or(call);
                    calls.push(call.trim().to_owned());
                }
            }
        }
    }
    (scripts, calls)
}

fn can_be_planned(script: &str) -> Outcome {
    let data = [("workers", 4.into()), ("keep_backups", 7.into())];
    let data = data.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    let known = Known { facts: Map::new(), data, missing: "default".to_owned() };
    let shown = planning::plan(script, &known);
    if shown.code == 0 { Ok(()) } else { Err(format!("{script}\n{}", shown.text())) }
}

/// The calls, in a new project; with the guide's own deploy, where that stands by itself.
fn are_understood(own: Option<&str>, calls: &[String]) -> Outcome {
    let project = Project::new();
    if let Some(own) = own {
        // What the guides deploy.
        project.file("site/index.html", "<p>hello</p>\n");
        let deploy = project.file("deploy.rhai", own);
        if project.run(["check", "deploy.rhai"]).code != 0 {
            fs::remove_file(deploy).map_err(|error| error.to_string())?;
        }
    }
    project.run(["init", "."]);
    project.file("tests/here/facts.json", r#"{"missing": "default", "hosts": {"web1": {}}}"#);
    // What `apply` is shown to apply.
    project.run(["@fake/tests/here/facts.json", "deploy.rhai", "--plan-out", "FILE"]);
    for call in calls {
        let words = crate::commands::words(call)?;
        let is_run = words.iter().any(|it| RUN.contains(&it.as_str()));
        let shown = if is_run { project.run(&words) } else { imagined(&project, &words) };
        // Whoever reads on has said yes to what is asked here.
        let is_asked = shown.stderr.contains("nobody can be asked");
        if ![0, 1].contains(&shown.code) && !is_asked {
            return Err(format!("infra {call}\n{}", shown.text()));
        }
    }
    Ok(())
}

/// The call for a host that is not there: planned, not done.
fn imagined(project: &Project, words: &[String]) -> Shown {
    let is_inventory = |word: &String| !word.starts_with('-');
    let at = words.iter().position(is_inventory).unwrap_or(0);
    let mut words = words.to_vec();
    if let Some(word) = words.get_mut(at) {
        "@fake/tests/here/facts.json".clone_into(word);
    }
    let end = words.iter().position(|it| it == "--").unwrap_or(words.len());
    if !words.iter().any(|it| it == "--dry") {
        words.insert(end, "--dry".to_owned());
    }
    project.run(&words)
}
