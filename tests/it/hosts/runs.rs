//! Runs on several real hosts: saved plans, resumed runs, the order of hosts, tries and conditions, and the files that a
//! run writes.

use std::os::unix::fs::PermissionsExt as _;

use infra_tests::{Outcome, Project, Shown};
use serde_json::Value;

use crate::Test;
use crate::accounts::{same, succeeds};
use crate::bed::{Taken, bed};
use crate::ends::{await_host, code, has_all, summary};

pub(crate) const TESTS: &[Test] = &[
    ("runs: a saved plan is applied once, and not on a host that has changed", a_saved_plan),
    ("runs: a run is resumed where a host was lost in the middle", resumed_after_a_drop),
    ("runs: a run is resumed whose controller was killed", resumed_after_a_kill),
    ("runs: hosts pass in step, one after the other, at their own pace, or in batches", paces),
    ("runs: tries, conditions and guards", tries_and_guards),
    ("runs: what a run writes into files", files),
];

/// Two hosts, and a script in which each of three operations notes that it ran.
fn with_log(taken: &Taken, second: &str) -> Outcome<Project> {
    let project = taken.project();
    let note = |name: &str| {
        format!("server.shell(\"echo {name} >>/tmp/log\", #{{ name: \"{name}\" }});\n")
    };
    project.file("deploy.rhai", format!("{}{second}\n{}", note("one"), note("three")));
    taken
        .hosts
        .iter()
        .try_for_each(|host| host.sure("cleaning", "rm -f /tmp/log /tmp/mark").map(drop))?;
    Ok(project)
}

fn log_of(taken: &Taken, index: usize) -> Outcome<String> {
    let host = taken.hosts.get(index).ok_or("there is no such host")?;
    Ok(host
        .sure("its log", "cat /tmp/log 2>/dev/null || true")?
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" "))
}

fn a_saved_plan() -> Outcome {
    let taken = bed().take("light", 2);
    let project = taken.project();
    let [first, second] = taken.hosts.as_slice() else { return Err("not two hosts".to_owned()) };
    let clean = "rm -rf /tmp/app; mkdir /tmp/app; echo old >/tmp/app/conf";
    taken.hosts.iter().try_for_each(|it| it.sure("cleaning", clean).map(drop))?;
    project.file(
        "deploy.rhai",
        "let word = secret(\"plan-secret-9177\");\n\
         files.put(#{ content: \"word = \" + word + \"\\n\", dest: \"/tmp/app/conf\", mode: \"600\" });\n\
         server.shell(\"touch /tmp/app/ran\");\n",
    );
    let plan = ["inventory.rhai", "deploy.rhai", "--plan-out", "plan.json", "--detailed-exitcode"];
    code(&project.run(plan), 10)?;
    let path = project.folder().join("plan.json");
    let text = std::fs::read_to_string(&path).map_err(|error| error.to_string())?;
    let mode = std::fs::metadata(&path).map_err(|error| error.to_string())?.permissions().mode();
    if text.contains("plan-secret") || mode & 0o777 != 0o600 {
        return Err(format!("mode {mode:o}\n{text}"));
    }
    second.sure("a change from outside", "echo other >/tmp/app/conf")?;
    let applied = project.run(["apply", "plan.json"]);
    has_all(&applied.stderr, &["changed since the plan was saved", "/tmp/app/conf", &second.name])?;
    same(
        "the first",
        "word = plan-secret-9177\n",
        &first.sure("its file", "cat /tmp/app/conf; ls /tmp/app/ran >/dev/null")?,
    )?;
    same(
        "the second",
        "other\n",
        &second.sure("its file", "cat /tmp/app/conf; [ ! -e /tmp/app/ran ]")?,
    )?;
    let again = project.run(["apply", "plan.json"]);
    code(&again, 2)?;
    has_all(&again.stderr, &["applied already"])
}

fn resumed_after_a_drop() -> Outcome {
    let taken = bed().take("light", 2);
    let victim = &taken.one().name;
    // The connection's own processes; the server stays.
    let drop = "[ -e /tmp/mark ] || { touch /tmp/mark; pkill -KILL -f '[s]shd[^ ]*: root'; sleep 60; }; echo two >>/tmp/log";
    let second = format!(
        "server.shell(if host.name == \"{victim}\" {{ \"{drop}\" }} else {{ \"echo two >>/tmp/log\" }}, #{{ name: \"two\" }});"
    );
    let project = with_log(&taken, &second)?;
    let shown = project.run(["inventory.rhai", "deploy.rhai", "--yes", "--json"]);
    code(&shown, 3)?;
    let counts = &summary(&shown)?["hosts"][victim.as_str()];
    if counts["unreachable"] != true || counts["changed"] != 1 || counts["not_run"] != 1 {
        return Err(shown.text());
    }
    same("the other", "one two three", &log_of(&taken, 1)?)?;
    let resumed = project.run(["inventory.rhai", "deploy.rhai", "--yes", "--json", "--resume"]);
    succeeds(&resumed)?;
    let hosts = summary(&resumed)?["hosts"].as_object().map_or(0, serde_json::Map::len);
    same("hosts that are left", "1", &hosts.to_string())?;
    (0..2).try_for_each(|it| same("each operation ran once", "one two three", &log_of(&taken, it)?))
}

fn resumed_after_a_kill() -> Outcome {
    let taken = bed().take("light", 2);
    let second = "server.shell(\"[ -e /tmp/mark ] || { touch /tmp/mark; sleep 61.8; }; echo two >>/tmp/log\", #{ name: \"two\" });";
    let project = with_log(&taken, second)?;
    let run = project.start(["inventory.rhai", "deploy.rhai", "--yes"])?;
    for host in &taken.hosts {
        await_host(host, "[ -e /tmp/mark ]", "the second operation has begun")?;
    }
    run.signal("KILL")?;
    run.end()?;
    for host in &taken.hosts {
        await_host(host, "! pgrep -f '^sleep 61.8' >/dev/null", "no process is left")?;
    }
    succeeds(&project.run(["inventory.rhai", "deploy.rhai", "--yes", "--resume"]))?;
    (0..2).try_for_each(|it| same("each operation ran once", "one two three", &log_of(&taken, it)?))
}

/// The results of a run as `host:operation`, in the order in which they were told.
fn order(shown: &Shown, taken: &Taken) -> Outcome<String> {
    let events = shown.events()?;
    let results = events.iter().filter(|it| it["event"] == "result" && it["status"] != "skipped");
    let words = results.map(|it| {
        let host = taken.hosts.iter().position(|host| it["host"] == host.name.as_str());
        format!(
            "{}{}",
            host.map_or("?".to_owned(), |it| it.to_string()),
            it["operation"].as_str().unwrap_or_default()
        )
    });
    Ok(words.collect::<Vec<_>>().join(" "))
}

fn paces() -> Outcome {
    let taken = bed().take("light", 3);
    let project = taken.project();
    let slow = &taken.one().name;
    // Of three hosts the first is the slow one.
    project.file(
        "deploy.rhai",
        format!(
            "server.shell(if host.name == \"{slow}\" {{ \"sleep 0.5\" }} else {{ \"true\" }}, #{{ name: \"a\" }});\n\
             server.shell(\"true\", #{{ name: \"b\" }});\n"
        ),
    );
    project.file(
        "rolling.rhai",
        format!(
            "let told = server.shell(\"hostname\", #{{ name: \"once\", _run_once: true }});\n\
             deploy(\"Roll\", #{{ _serial: true, fail_percent: 30 }}, || {{\n\
                 server.shell(if host.name == \"{slow}\" {{ \"sleep 0.5\" }} else {{ \"false\" }}, #{{ name: \"a\" }});\n\
             }});\n\
             server.shell(`echo ${{told.stdout}}`, #{{ name: \"b\" }});\n"
        ),
    );
    let run = |script: &str, more: &[&str]| {
        project.run(["inventory.rhai", script, "--yes", "--json"].iter().chain(more))
    };
    let in_order = |order: &str, words: &[&str]| {
        let at: Option<Vec<usize>> = words.iter().map(|it| order.find(it)).collect();
        if at.is_some_and(|it| it.is_sorted()) {
            Ok(())
        } else {
            Err(format!("{words:?} in {order}"))
        }
    };
    let serial = run("deploy.rhai", &["--serial"]);
    succeeds(&serial)?;
    same("one after the other", "0a 0b 1a 1b 2a 2b", &order(&serial, &taken)?)?;
    let apart = run("deploy.rhai", &["--no-wait"]);
    succeeds(&apart)?;
    let seen = order(&apart, &taken)?;
    in_order(&seen, &["1b", "0a", "0b"])?;
    in_order(&seen, &["2b", "0a", "0b"])?;
    // In step, the slow host is waited for; the second host fails in its turn, which is more than 30 %.
    let rolled = run("rolling.rhai", &[]);
    code(&rolled, 1)?;
    let seen = order(&rolled, &taken)?;
    in_order(&seen, &["0once", "0Roll | a", "1Roll | a"])?;
    let counts = summary(&rolled)?["hosts"].clone();
    let of = |index: usize| {
        taken.hosts.get(index).map(|it| counts[it.name.as_str()].clone()).unwrap_or_default()
    };
    let found: Vec<Value> = (0..3)
        .flat_map(|it| {
            [of(it)["changed"].clone(), of(it)["failed"].clone(), of(it)["not_run"].clone()]
        })
        .collect();
    same(
        "counts",
        "[2, 0, 1, 0, 1, 1, 0, 0, 2]",
        &format!("{found:?}").replace("Number(", "").replace(')', ""),
    )
}

fn tries_and_guards() -> Outcome {
    let taken = bed().take("light", 1);
    let project = taken.project();
    taken.one().sure("cleaning", "rm -f /tmp/tries /tmp/until; touch /tmp/there")?;
    project.file(
        "deploy.rhai",
        "server.shell(\"echo x >>/tmp/tries; [ $(wc -l </tmp/tries) = 3 ]\", #{ name: \"third\", _retries: 4, _retry_delay: 0.05 });\n\
         server.shell(\"echo x >>/tmp/until; wc -l </tmp/until\", #{ name: \"until\", _retries: 4, _retry_delay: 0.05, _retry_until: |it| it.stdout.trim() != \"2\" });\n\
         let changed = server.shell(\"true\", #{ name: \"changed\" });\n\
         deploy(\"outer\", #{ _if: changed, _creates: \"/tmp/missing\" }, || {\n\
             deploy(\"inner\", #{ _only_if: \"true\" }, || {\n\
                 server.shell(\"true\", #{ name: \"runs\" });\n\
                 server.shell(\"true\", #{ name: \"guarded\", _creates: \"/tmp/there\" });\n\
                 server.shell(\"true\", #{ name: \"unless\", _unless: \"true\" });\n\
                 server.shell(\"true\", #{ name: \"removed\", _removes: \"/tmp/missing\" });\n\
                 server.shell(\"true\", #{ name: \"not\", _if: || !changed.changed });\n\
             });\n\
         });\n\
         server.shell(\"exit 9\", #{ name: \"exhausted\", _retries: 1, _retry_delay: 0.05, _ignore_errors: true });\n",
    );
    let shown = project.run(["inventory.rhai", "deploy.rhai", "--yes", "--json"]);
    succeeds(&shown)?;
    let events = shown.events()?;
    let word = |it: &Value, name: &str| it[name].as_str().unwrap_or_default().to_owned();
    let results = events.iter().filter(|it| it["event"] == "result");
    let found: Vec<String> = results
        .map(|it| {
            format!(
                "{} {}",
                word(it, "operation").rsplit(" | ").next().unwrap_or_default(),
                word(it, "status")
            )
        })
        .collect();
    let expected = [
        "third changed",
        "until changed",
        "changed changed",
        "runs changed",
        "guarded skipped",
        "unless skipped",
        "removed skipped",
        "not skipped",
        "exhausted ignored",
    ];
    same("results", &expected.join("\n"), &found.join("\n"))?;
    same(
        "tries",
        "3 2\n",
        &taken.one().sure("tries", "echo $(wc -l </tmp/tries) $(wc -l </tmp/until)")?,
    )
}

fn files() -> Outcome {
    let taken = bed().take("light", 2);
    let project = taken.project();
    let [first, second] = taken.hosts.as_slice() else { return Err("not two hosts".to_owned()) };
    project.file(
        "deploy.rhai",
        format!(
            "server.shell(if host.name == \"{}\" {{ \"echo '<why> & \\\"how\\\"' >&2; exit 4\" }} else {{ \"true\" }}, #{{ name: \"Break & bend\" }});\n\
             server.shell(\"true\", #{{ name: \"After\" }});\n",
            second.name
        ),
    );
    let words = ["--report", "run.html", "--junit", "run.xml", "--log", "run.log"];
    let shown = project.run(["inventory.rhai", "deploy.rhai", "--yes"].iter().chain(&words));
    code(&shown, 1)?;
    let read = |name: &str| {
        std::fs::read_to_string(project.folder().join(name))
            .map_err(|error| format!("{name}: {error}"))
    };
    has_all(
        &read("run.html")?,
        &[
            "<!doctype html>",
            "Break &amp; bend",
            "&lt;why&gt;",
            &first.name,
            &second.name,
            "exit code 1",
        ],
    )?;
    has_all(
        &read("run.xml")?,
        &["<testsuite", "Break &amp; bend", "<failure", "exit code 4", "<skipped", &second.name],
    )?;
    let log = Shown { stdout: read("run.log")?, ..shown };
    let events = log.events()?;
    let failed = events.iter().find(|it| it["event"] == "result" && it["status"] == "failed");
    let failed = failed.ok_or_else(|| log.text())?;
    if failed["host"] != second.name.as_str()
        || failed["code"] != 4
        || failed["stderr"] != "<why> & \"how\"\n"
    {
        return Err(failed.to_string());
    }
    same("the last event", "1", &summary(&log)?["exit"].to_string())
}
