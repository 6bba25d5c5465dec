//! Truth tables: which global argument counts where several places say one, and what losing hosts means for the others.

use std::fmt::Write as _;

use infra_tests::{Outcome, Project};
use libtest_mimic::Trial;
use serde_json::json;

use crate::trial;

pub(crate) fn trials() -> Vec<Trial> {
    let mut trials =
        vec![trial("truth/global arguments: the nearest place counts".to_owned(), nearest)];
    for pace in ["in step", "--serial", "--no-wait"] {
        trials.push(trial(format!("truth/lost hosts, {pace}"), move || lost_hosts(pace)));
    }
    trials
}

/// Where a global argument can be said: a name, and its bit in a combination. The nearest comes first: the call, the
/// blocks around it, the host's data, the script, the command line, the project's `config.rhai`.
const PLACES: &[(&str, u8)] = &[
    ("call", 1),
    ("inner", 2),
    ("outer", 4),
    ("host", 8),
    ("script", 16),
    ("line", 32),
    ("project", 64),
];

/// The bits of the places that are written where the call is.
const INSIDE: u8 = 7;

/// Every combination of places. Each of them names a shell, which says what it is called before it runs the command;
/// and, but for the command line, a variable of its own and one that all of them set.
fn nearest() -> Outcome {
    let combinations = 1_u8 << PLACES.len();
    let step = usize::from(INSIDE) + 1;
    (0..combinations).step_by(step).try_for_each(all_calls)
}

/// One run, with a call for each combination of the places inside.
fn all_calls(outside: u8) -> Outcome {
    let project = Project::new();
    for (place, _) in PLACES {
        project.file(place, format!("echo {place}\nexec sh \"$1\"\n"));
    }
    let shell = |place: &str| format!("sh {}/{place}", project.folder().display());
    let env = |place: &str| format!("#{{ SAID: \"{place}\", OF_{place}: \"+{place}\" }}");
    let given = |place: &str, combination: u8| {
        if names(combination).contains(&place) {
            format!("_shell_executable: \"{}\", _env: {}", shell(place), env(place))
        } else {
            String::new()
        }
    };
    let assigned = |place: &str, before: &str| {
        let (shell, env) = (shell(place), env(place));
        format!("{before}shell_executable = \"{shell}\";\n{before}env = {env};\n")
    };
    let host = given("host", outside);
    project.file("inventory.rhai", format!("let all = [[\"@local\", #{{ {host} }}]];\n"));
    let around = names(outside);
    let mut script =
        if around.contains(&"script") { assigned("script", "config.") } else { String::new() };
    for inside in 0..=INSIDE {
        let [call, inner, outer] = ["call", "inner", "outer"].map(|it| given(it, inside));
        let command = "echo $SAID,$OF_call$OF_inner$OF_outer$OF_host$OF_script$OF_project";
        let _ = writeln!(
            script,
            "deploy(\"o\", #{{ {outer} }}, || deploy(\"i\", #{{ {inner} }}, || \
             server.shell(\"{command}\", #{{ {call} }})));"
        );
    }
    project.file("deploy.rhai", script);
    if around.contains(&"project") {
        project.file("config.rhai", assigned("project", "let "));
    }
    let mut words = vec!["inventory.rhai", "deploy.rhai", "-y", "--json"];
    let line = shell("line");
    if around.contains(&"line") {
        words.extend(["--shell-executable", &line]);
    }
    let shown = project.run(words);
    let results =
        shown.events()?.into_iter().filter(|it| it.get("event") == Some(&json!("result")));
    let found: Vec<String> = results.map(|it| text(&it, "stdout")).collect();
    let expected: Vec<String> = (0..=INSIDE).map(|inside| said(outside | inside)).collect();
    if found == expected {
        return Ok(());
    }
    Err(format!("{around:?}: {found:?}\nexpected {expected:?}\n{}", shown.text()))
}

/// The places of a combination, the nearest first.
fn names(combination: u8) -> Vec<&'static str> {
    let chosen = PLACES.iter().filter(|(_, bit)| combination & bit != 0);
    chosen.map(|(place, _)| *place).collect()
}

/// What a command prints where these places say something.
fn said(combination: u8) -> String {
    let places = names(combination);
    let shell = places.first().map(|it| format!("{it}\n")).unwrap_or_default();
    let of_env: Vec<&str> = places.into_iter().filter(|it| *it != "line").collect();
    let own: Vec<String> = of_env.iter().map(|it| format!("+{it}")).collect();
    format!("{shell}{},{}\n", of_env.first().unwrap_or(&""), own.concat())
}

fn text(event: &serde_json::Value, name: &str) -> String {
    event.get(name).and_then(serde_json::Value::as_str).unwrap_or_default().to_owned()
}

/// What becomes of each of four hosts.
const ROLES: &[[&str; 4]] = &[
    ["ok", "ok", "ok", "ok"],
    ["fails", "ok", "ok", "ok"],
    ["ok", "ok", "ok", "fails"],
    ["ok", "fails", "ok", "fails"],
    ["fails", "fails", "fails", "fails"],
    ["gone", "ok", "ok", "ok"],
    ["gone", "fails", "ok", "ok"],
    ["ok", "gone", "gone", "ok"],
    ["gone", "gone", "gone", "gone"],
    ["ignored", "ok", "ok", "ok"],
    ["caught", "ok", "fails", "ok"],
];

const LIMITS: &[Option<usize>] = &[None, Some(0), Some(25), Some(50)];

const SCRIPT: &str = r#"
let role = host.data.role;
let first = || server.shell(if role == "ok" { "true" } else { "false" }, #{ name: "One", _ignore_errors: role == "ignored" });
if role == "caught" { attempt(first); } else { first.call(); }
server.shell("true", #{ name: "Two" });
"#;

fn lost_hosts(pace: &str) -> Outcome {
    // Where hosts do not wait for each other, how far they come before the limit is a matter of chance.
    let limits = if pace == "--no-wait" { &[None] } else { LIMITS };
    for roles in ROLES {
        let project = Project::new();
        let mut inventory = "[web]\n".to_owned();
        for (number, role) in roles.iter().enumerate() {
            let way = if *role == "gone" {
                "ansible_host=127.0.0.1 ansible_port=9"
            } else {
                "ansible_connection=local"
            };
            let _ = writeln!(inventory, "h{number} {way} role={role}");
        }
        project.file("inventory.ini", inventory);
        project.file("deploy.rhai", SCRIPT);
        for limit in limits {
            let percent = limit.map(|it| it.to_string());
            let mut words = vec!["@ansible/inventory.ini", "deploy.rhai", "-y", "--json"];
            words.extend((pace != "in step").then_some(pace));
            words.extend(percent.iter().flat_map(|it| ["--fail-percent", it]));
            let shown = project.run(words);
            let summary = shown.events()?.pop().unwrap_or_default();
            let (hosts, exit) = expected(roles, *limit, pace == "--serial");
            let counts = |name: String| {
                let host = summary.get("hosts").and_then(|it| it.get(&name));
                let of = |count: &str| host.and_then(|it| it.get(count)).cloned();
                json!(["changed", "failed", "ignored", "not_run", "unreachable"].map(of))
            };
            let found: Vec<_> = (0..roles.len()).map(|it| counts(format!("h{it}"))).collect();
            if found != hosts || shown.code != exit {
                return Err(format!(
                    "{roles:?}, limit {limit:?}: expected {hosts:?} and exit {exit}\n{}",
                    shown.text()
                ));
            }
        }
    }
    Ok(())
}

/// What each host counts (changed, failed, ignored, not run, unreachable), and the exit code. A host is lost where
/// an operation fails whose failure is neither ignored nor caught, and where it cannot be reached; the run ends
/// when more than `limit` percent of the hosts are lost, in step behind the operation.
fn expected(
    roles: &[&str; 4],
    limit: Option<usize>,
    is_serial: bool,
) -> (Vec<serde_json::Value>, i32) {
    let is_over = |lost: usize| limit.is_some_and(|percent| lost * 100 > percent * roles.len());
    let mut lost = roles.iter().filter(|it| **it == "gone").count();
    let ends_at_once = is_over(lost);
    let failing = roles.iter().filter(|it| **it == "fails").count();
    let mut hosts = Vec::new();
    let mut is_failed = false;
    for role in roles {
        let begins = if is_serial { !is_over(lost) } else { !ends_at_once };
        let goes_on = if is_serial { begins } else { begins && !is_over(lost + failing) };
        let two = usize::from(goes_on);
        hosts.push(match *role {
            "gone" => json!([0, 0, 0, 0, true]),
            _ if !begins => json!([0, 0, 0, 2, false]),
            "fails" => json!([0, 1, 0, 1, false]),
            "ignored" => json!([two, 0, 1, 1 - two, false]),
            "caught" => json!([two, 1, 0, 1 - two, false]),
            _ => json!([1 + two, 0, 0, 1 - two, false]),
        });
        is_failed |= begins && matches!(*role, "fails" | "caught");
        lost += usize::from(is_serial && *role == "fails" && begins);
    }
    let exit = match (is_failed, roles.contains(&"gone")) {
        (true, _) => 1,
        (false, true) => 3,
        (false, false) => 0,
    };
    (hosts, exit)
}
