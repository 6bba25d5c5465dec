//! Ctrl-C: once, the run ends behind what is going on; twice, what is going on is killed. Either way nothing is left
//! running, the summary is shown, and the exit code is 130.

use std::process::Command;
use std::time::{Duration, Instant};

use infra_tests::{Outcome, Project, Running, Shown};
use libtest_mimic::Trial;

use crate::trial;

/// Longer than anything here takes, also on a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);

type Test = fn() -> Outcome;

pub(crate) fn trials() -> Vec<Trial> {
    let tests: [(&str, Test); 8] = [
        ("interrupts/once: what is going on comes to its end, nothing else begins", once),
        (
            "interrupts/in one job: what was sent behind the running operation is not begun",
            in_one_job,
        ),
        ("interrupts/twice: what is going on is killed with all that it started", twice),
        ("interrupts/busy: a script that is busy with itself ends at the first", busy),
        (
            "interrupts/twice in one job: what had ended before is kept, with what it changed",
            twice_in_one_job,
        ),
        (
            "interrupts/twice behind the operations: what is asked behind them does not undo what they told",
            twice_in_questions,
        ),
        (
            "interrupts/progress: which operation of a job is on is told while it runs",
            progress_in_one_job,
        ),
        ("interrupts/resumed: what was interrupted is resumed", resumed),
    ];
    tests.into_iter().map(|(name, test)| trial(name.to_owned(), test)).collect()
}

fn once() -> Outcome {
    let project = Project::new();
    project.file(
        "deploy.rhai",
        // With a time limit an operation is sent alone, as on several hosts it always is.
        "server.shell(\"touch begun; sleep 1; touch one\", #{ name: \"One\", _timeout: 60 });\n\
         server.shell(\"touch two\", #{ name: \"Two\" });\n",
    );
    let run = begin(&project, &["@local", "deploy.rhai", "-y", "--no-color"])?;
    run.signal("INT")?;
    let shown = run.end()?;
    expect(&shown, &["One", "1 changed", "1 not run", "Interrupted. 1 host"])?;
    let exists = |name: &str| project.folder().join(name).exists();
    if exists("one") && !exists("two") { Ok(()) } else { Err(shown.text()) }
}

fn in_one_job() -> Outcome {
    let project = Project::new();
    // On one host all of this goes out together. The second operation has three commands, and ends as a whole.
    project.file(
        "deploy.rhai",
        "server.shell(\"touch one\", #{ name: \"One\" });\n\
         server.shell([\"touch begun; until [ -e go-on ]; do sleep 0.05; done\", \"touch two\"], #{ name: \"Two\" });\n\
         files.file(\"three\", #{ name: \"Three\" });\n\
         server.shell(\"touch four\", #{ name: \"Four\" });\n",
    );
    let run = begin(&project, &["@local", "deploy.rhai", "-y", "--no-color"])?;
    run.signal("INT")?;
    // The signal to the host's `sh` is on its way meanwhile.
    std::thread::sleep(Duration::from_millis(500));
    project.file("go-on", "");
    let shown = run.end()?;
    expect(&shown, &["Two", "Interrupted. 1 host: 2 changed, 2 not run"])?;
    let left = ["one", "two", "three", "four"].map(|it| project.folder().join(it).exists());
    if left == [true, true, false, false] { Ok(()) } else { Err(shown.text()) }
}

fn twice() -> Outcome {
    let project = Project::new();
    // A number that no other process has among its arguments.
    let mark = format!("77{}", std::process::id());
    project.file(
        "deploy.rhai",
        format!(
            "server.shell(\"touch begun; sleep {mark} & sleep {mark}\", #{{ name: \"Long\" }});\n"
        ),
    );
    let words = ["@local", "deploy.rhai", "-y", "--no-color", "--junit", "junit.xml"];
    let run = begin(&project, &[&words[..], &["--log", "log.json"]].concat())?;
    run.signal("INT")?;
    std::thread::sleep(Duration::from_millis(300));
    run.signal("INT")?;
    let shown = run.end()?;
    let hint = "it may have done part of its work; `--resume` runs it again";
    expect(&shown, &["error: interrupted while it ran", hint, "Interrupted. 1 host: 1 failed"])?;
    let read = |name: &str| std::fs::read_to_string(project.folder().join(name));
    let log = read("log.json").map_err(|it| it.to_string())?;
    let junit = read("junit.xml").map_err(|it| it.to_string())?;
    if !log.contains(r#""status":"failed""#)
        || !log.contains(hint)
        || !junit.contains("interrupted")
    {
        return Err(format!("{log}\n{junit}"));
    }
    until("nothing is left running", || {
        let found = Command::new("pgrep").args(["-f", &format!("^sleep {mark}$")]).output();
        found.map_or(true, |it| it.stdout.is_empty())
    })
}

fn busy() -> Outcome {
    let project = Project::new();
    project.file(
        "deploy.rhai",
        "local.shell(\"touch begun\");\nlet i = 0;\nloop { i = (i + 1) % 7; }\n",
    );
    let run = begin(&project, &["@local", "deploy.rhai", "-y"])?;
    run.signal("INT")?;
    let shown = run.end()?;
    expect(&shown, &["nothing was changed"])?;
    if shown.text().contains("too many") { Err(shown.text()) } else { Ok(()) }
}

fn twice_in_one_job() -> Outcome {
    let project = Project::new();
    project.file(
        "deploy.rhai",
        "server.shell(\"echo one >>log\", #{ name: \"One\" });\n\
         files.line(\"config\", \"two\", #{ name: \"Two\" });\n\
         server.shell(\"touch begun; [ -e go-on ] || sleep 60; echo three >>log\", #{ name: \"Three\" });\n\
         server.shell(\"echo four >>log\", #{ name: \"Four\" });\n",
    );
    project.file("config", "one\n");
    let run = begin(&project, &["@local", "deploy.rhai", "-y", "--no-color"])?;
    run.signal("INT")?;
    std::thread::sleep(Duration::from_millis(300));
    run.signal("INT")?;
    let shown = run.end()?;
    expect(&shown, &["One", "Two", "Interrupted. 1 host: 2 changed, 1 failed, 1 not run"])?;
    // Nor is it done again by who resumes the run.
    project.file("go-on", "");
    let shown = project.run(["@local", "deploy.rhai", "-y", "--resume"]);
    let log = std::fs::read_to_string(project.folder().join("log")).unwrap_or_default();
    if shown.code == 0 && log == "one\nthree\nfour\n" {
        Ok(())
    } else {
        Err(format!("{log}{}", shown.text()))
    }
}

fn twice_in_questions() -> Outcome {
    let project = Project::new();
    // For the plan the fact is there at once; what is asked again goes out together with the operation.
    project.file(
        "deploy.rhai",
        "fact_define(\"test.slow\", #{ command: \"if [ -e one ]; then touch begun; sleep 60; fi; echo\" });\n\
         server.shell(\"touch one\", #{ name: \"One\" });\n\
         if host.fact(\"test.slow\") == \"never\" { server.shell(\"true\", #{ name: \"Two\" }); }\n",
    );
    let run = begin(&project, &["@local", "deploy.rhai", "-y", "--no-color"])?;
    run.signal("INT")?;
    std::thread::sleep(Duration::from_millis(300));
    run.signal("INT")?;
    let shown = run.end()?;
    expect(&shown, &["One", "Interrupted. 1 host: 1 changed, 1 not run"])
}

fn progress_in_one_job() -> Outcome {
    let project = Project::new();
    project.file(
        "deploy.rhai",
        "server.shell(\"true\", #{ name: \"One\" });\n\
         server.shell(\"touch begun; until [ -e go-on ]; do sleep 0.05; done\", #{ name: \"Two\" });\n\
         server.shell(\"true\", #{ name: \"Three\" });\n",
    );
    let run = begin(&project, &["@local", "deploy.rhai", "-y", "--log", "log.json"])?;
    let told = |event: &str| -> Vec<String> {
        let log = std::fs::read_to_string(project.folder().join("log.json")).unwrap_or_default();
        let lines = log.lines().filter_map(|it| it.parse::<serde_json::Value>().ok());
        let told = lines.filter(|it| it.get("event").is_some_and(|it| it == event));
        told.filter_map(|it| Some(it.get("operation")?.as_str()?.to_owned())).collect()
    };
    let on = until("the second operation is on", || told("running") == ["One", "Two"]);
    let ended = told("result");
    project.file("go-on", "");
    let shown = run.end()?;
    on?;
    let all = told("running");
    if shown.code == 0 && ended.is_empty() && all == ["One", "Two", "Three"] {
        Ok(())
    } else {
        Err(format!("{ended:?} {all:?}\n{}", shown.text()))
    }
}

fn resumed() -> Outcome {
    let project = Project::new();
    project.file(
        "deploy.rhai",
        "server.shell(\"echo one >>log; touch begun; sleep 0.5\", #{ name: \"One\", _timeout: 60 });\n\
         server.shell(\"echo two >>log\", #{ name: \"Two\" });\n",
    );
    let run = begin(&project, &["@local", "deploy.rhai", "-y"])?;
    run.signal("INT")?;
    run.end()?;
    let shown = project.run(["@local", "deploy.rhai", "-y", "--resume"]);
    let log = std::fs::read_to_string(project.folder().join("log")).unwrap_or_default();
    if shown.code == 0 && log == "one\ntwo\n" {
        Ok(())
    } else {
        Err(format!("{log}{}", shown.text()))
    }
}

/// A run that has come to its first command.
fn begin(project: &Project, words: &[&str]) -> Outcome<Running> {
    let run = project.start(words)?;
    until("the command has begun", || project.folder().join("begun").exists())?;
    Ok(run)
}

pub(crate) fn until(what: &str, is_so: impl Fn() -> bool) -> Outcome {
    let end = Instant::now() + PATIENCE;
    while Instant::now() < end {
        if is_so() {
            return Ok(());
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    Err(format!("not so: {what}"))
}

/// That an interrupted run shows all of these.
fn expect(shown: &Shown, parts: &[&str]) -> Outcome {
    match parts.iter().find(|part| !shown.stderr.contains(**part)) {
        None if shown.code == 130 => Ok(()),
        Some(part) => Err(format!("`{part}` is not in\n{}", shown.text())),
        None => Err(shown.text()),
    }
}
