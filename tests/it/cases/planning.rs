//! Plans of scripts on a host that is made of given facts.

use std::fmt::Write as _;

use infra_tests::{Outcome, Project, Shown, folder};
use serde_json::{Map, Value, json};

/// What is known of the host.
pub(crate) struct Known {
    /// Facts by name, as `@fake` takes them.
    pub(crate) facts: Map<String, Value>,
    /// The host's data.
    pub(crate) data: Map<String, Value>,
    /// What other facts are: `default` or `error`.
    pub(crate) missing: String,
}

/// Plans a script for the host `web1`; the project's files are those of `tests/cases/files`, whose path
/// is shown as `FILES`.
pub(crate) fn plan(script: &str, known: &Known) -> Shown {
    let project = Project::new();
    let files = folder("files");
    let host = json!({"facts": known.facts, "data": known.data});
    let fake = json!({"missing": known.missing, "hosts": {"web1": host}});
    let facts = project.file("facts.json", fake.to_string());
    let deploy = project.file("deploy.rhai", script);
    let inventory = format!("@fake/{}", facts.display());
    let words = [inventory.as_str(), &deploy.to_string_lossy(), "--dry", "--json", "--diff"];
    let output = project
        .command(words)
        .current_dir(&files)
        .env("SOURCE_DATE_EPOCH", "1767225600")
        .env("ROOT_PASSWORD_HASH", "$6$salt$hash")
        .env("DB_PASSWORD", "hunter2hunter2")
        .output()
        .expect("the program can be started");
    let mut shown = Shown::of(&output);
    for text in [&mut shown.stdout, &mut shown.stderr] {
        *text = project.placeless(text).replace(&*files.to_string_lossy(), "FILES");
    }
    shown
}

/// A plan as cases write it: for each operation what it will do, below it the commands.
pub(crate) fn text(shown: &Shown) -> Outcome<String> {
    let mut text = String::new();
    for event in shown.events()? {
        let word = |name: &str| event.get(name).and_then(Value::as_str).unwrap_or_default();
        let line = match word("event") {
            "plan" => match (word("change"), word("note")) {
                ("change", _) => "change".to_owned(),
                ("none", note) => format!("nothing: {note}"),
                (other, note) => format!("{other}: {note}"),
            },
            "problem" | "unreachable" => format!("error: {}", word("error")),
            "open" => format!("open: {}", word("error")),
            _ => continue,
        };
        add(&mut text, "", &line);
        if !word("hint").is_empty() {
            add(&mut text, "  ", &format!("hint: {}", word("hint")));
        }
        for command in event.get("commands").and_then(Value::as_array).into_iter().flatten() {
            add(&mut text, "  ", command.as_str().unwrap_or_default());
        }
    }
    // A plan that fails says where.
    let fails = text.contains("open: ");
    if text.is_empty() || !(matches!(shown.code, 0 | 2) || fails && shown.code == 1) {
        return Err(format!("the plan tells nothing:\n{}", shown.text()));
    }
    Ok(text)
}

/// What will differ on the host, of all operations.
pub(crate) fn differences(shown: &Shown) -> Outcome<String> {
    let events = shown.events()?;
    let diffs = events.iter().filter_map(|event| event.get("diff")?.as_str());
    Ok(diffs.collect::<Vec<_>>().join("\n"))
}

/// A text of one or more lines; those after the first stand farther to the right.
fn add(text: &mut String, indent: &str, lines: &str) {
    for (number, line) in lines.trim_end().lines().enumerate() {
        let gap = if number == 0 { "" } else { "    " };
        let line = format!("{indent}{gap}{line}");
        let _ = writeln!(text, "{}", line.trim_end());
    }
}
