//! Several hosts at once.

use infra_tests::{Outcome, folder};
use serde_json::Value;

use crate::Test;
use crate::accounts::succeeds;
use crate::bed::bed;
use crate::ends::summary;

pub(crate) const TESTS: &[Test] = &[
    ("fleet: an operation ends everywhere before the next one begins", lock_step),
    ("fleet: hosts in different branches keep the script's order", branches),
    ("fleet: an operation that runs once gives all hosts its result", run_once),
    ("fleet: four operations converge on five hosts", || converges("four.rhai")),
    ("fleet: thirty operations converge on five hosts", || converges("thirty.rhai")),
];

/// Each host and operation with its result, in the order in which they were told.
fn results(events: &[Value]) -> Vec<(String, String)> {
    let word = |event: &Value, name: &str| event[name].as_str().unwrap_or_default().to_owned();
    let results = events.iter().filter(|event| event["event"] == "result");
    results.map(|event| (word(event, "operation"), word(event, "host"))).collect()
}

fn lock_step() -> Outcome {
    let taken = bed().take("light", 3);
    let project = taken.project();
    let [slow, ..] = taken.hosts.as_slice() else { return Err("no hosts".to_owned()) };
    project.file(
        "deploy.rhai",
        format!(
            "server.shell(if host.name == \"{}\" {{ \"sleep 1\" }} else {{ \"true\" }}, #{{ name: \"one\" }});\n\
             server.shell(\"true\", #{{ name: \"two\" }});\nserver.shell(\"true\", #{{ name: \"three\" }});\n",
            slow.name
        ),
    );
    let shown = project.run(["inventory.rhai", "deploy.rhai", "--yes", "--json"]);
    succeeds(&shown)?;
    let order: Vec<String> =
        results(&shown.events()?).into_iter().map(|(label, _)| label).collect();
    let expected = ["one", "one", "one", "two", "two", "two", "three", "three", "three"];
    if order == expected { Ok(()) } else { Err(format!("{order:?}\n{}", shown.text())) }
}

fn branches() -> Outcome {
    let taken = bed().take("light", 3);
    let project = taken.project();
    let [odd, ..] = taken.hosts.as_slice() else { return Err("no hosts".to_owned()) };
    project.file(
        "deploy.rhai",
        format!(
            "if host.name == \"{}\" {{ server.shell(\"sleep 1\", #{{ name: \"only one\" }}); }}\n\
             for number in 0..2 {{ server.shell(\"true\", #{{ name: `loop ${{number}}` }}); }}\n\
             server.shell(\"true\", #{{ name: \"last\" }});\n",
            odd.name
        ),
    );
    let shown = project.run(["inventory.rhai", "deploy.rhai", "--yes", "--json"]);
    succeeds(&shown)?;
    let order: Vec<String> =
        results(&shown.events()?).into_iter().map(|(label, _)| label).collect();
    let expected = [
        "only one", "loop 0", "loop 0", "loop 0", "loop 1", "loop 1", "loop 1", "last", "last",
        "last",
    ];
    if order == expected { Ok(()) } else { Err(format!("{order:?}\n{}", shown.text())) }
}

fn run_once() -> Outcome {
    let taken = bed().take("light", 3);
    let project = taken.project();
    project.file(
        "deploy.rhai",
        "let first = server.shell(\"hostname\", #{ _run_once: true });\n\
         server.shell(`echo ${first.stdout.trim()}`, #{ name: \"told\" });\n",
    );
    let shown = project.run(["inventory.rhai", "deploy.rhai", "--yes", "--json"]);
    succeeds(&shown)?;
    let events = shown.events()?;
    let told: Vec<&str> = events
        .iter()
        .filter(|event| event["event"] == "result" && event["operation"] == "told")
        .filter_map(|event| event["stdout"].as_str())
        .collect();
    // Another test may have given it another name.
    let first = taken.one().sure("its name", "hostname")?;
    let is_right = told.len() == 3 && told.iter().all(|it| it.trim() == first.trim());
    if is_right { Ok(()) } else { Err(shown.text()) }
}

/// A deploy of `tests/cases/deploys` changes all hosts, and nothing the second time but what runs always.
fn converges(script: &str) -> Outcome {
    let taken = bed().take("light", 5);
    let project = taken.project();
    let script = folder("deploys").join(script);
    let script = script.to_string_lossy();
    let run = |more: &[&str]| {
        project.run(["inventory.rhai", &*script, "--yes", "--json"].iter().chain(more))
    };
    let first = run(&[]);
    succeeds(&first)?;
    let counts = |shown: &infra_tests::Shown, name: &str| -> Outcome<Vec<u64>> {
        let summary = summary(shown)?;
        let hosts = summary["hosts"].as_object().ok_or("a summary has hosts")?;
        Ok(hosts.values().filter_map(|host| host[name].as_u64()).collect())
    };
    if counts(&first, "changed")?.iter().any(|it| *it < 4) {
        return Err(first.text());
    }
    let second = run(&[]);
    succeeds(&second)?;
    // The one `server.shell` of each deploy.
    if counts(&second, "changed")? != [1, 1, 1, 1, 1] {
        return Err(second.text());
    }
    Ok(())
}
