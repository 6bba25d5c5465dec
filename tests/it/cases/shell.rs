//! `shell`: lines given one after the other.

use std::io::Write;
use std::process::Stdio;

use infra_tests::{Outcome, Project, Running, Shown};
use libtest_mimic::Trial;

use crate::interrupts::until;
use crate::trial;

type Test = fn() -> Outcome;

pub(crate) fn trials() -> Vec<Trial> {
    let tests: [(&str, Test); 3] = [
        ("shell/lines: all of them run in the session that the first one has opened", one_session),
        ("shell/mistakes: they are told, and the next line comes", mistakes),
        ("shell/interrupted: Ctrl-C ends a line and not the next ones", interrupted),
    ];
    tests.into_iter().map(|(name, test)| trial(name.to_owned(), test)).collect()
}

fn one_session() -> Outcome {
    let project = Project::new();
    // A session has a process group of its own.
    let group = "cut -d ' ' -f 5 /proc/self/stat";
    let lines =
        format!("{group}\n:fact server.kernel\n:hosts\n{group}\n:reload\n{group}\nexit 3\n");
    let shown = shell(&project, &lines)?;
    let told: Vec<&str> = shown.stdout.lines().collect();
    let [first, fact @ .., host, second, third] = told.as_slice() else {
        return Err(shown.text());
    };
    let kept = first == second && second != third;
    if shown.code == 1 && kept && *host == "@local" && fact.concat().contains("server.kernel") {
        Ok(())
    } else {
        Err(shown.text())
    }
}

fn mistakes() -> Outcome {
    let project = Project::new();
    let lines = ":hots\nfiles.file(\"x\")\n:files.file x mde=600\n:fact server.kernl\necho after\n";
    let shown = shell(&project, lines)?;
    let told = [
        "there is no `:hots` here",
        "did you mean `hosts`",
        "`files.file` is an operation, not a command",
        ":files.file",
        "`mode`",
        "`server.kernel`",
    ];
    match told.iter().find(|part| !shown.stderr.contains(**part)) {
        None if shown.code == 0 && shown.stdout == "after\n" => Ok(()),
        Some(part) => Err(format!("`{part}` is not in\n{}", shown.text())),
        None => Err(shown.text()),
    }
}

fn interrupted() -> Outcome {
    let project = Project::new();
    let mut run = Running::of(project.command(["@local", "shell"]).stdin(Stdio::piped()))?;
    let mut stdin = run.input()?;
    let mut say = |line: &str| writeln!(stdin, "{line}").map_err(|error| error.to_string());
    let exists = |name: &str| project.folder().join(name).exists();
    for name in ["one", "two"] {
        say(&format!("touch {name}; until [ -e {name}-goes-on ]; do sleep 0.05; done"))?;
        until("the command has begun", || exists(name))?;
        run.signal("INT")?;
        std::fs::write(project.folder().join(format!("{name}-goes-on")), "")
            .map_err(|error| error.to_string())?;
    }
    say("echo after")?;
    drop(stdin);
    let shown = run.end()?;
    let told = shown.stderr.matches("interrupted: waiting").count();
    if shown.code == 0 && told == 2 && shown.stdout == "after\n" {
        Ok(())
    } else {
        Err(shown.text())
    }
}

fn shell(project: &Project, lines: &str) -> Outcome<Shown> {
    let mut run = Running::of(project.command(["@local", "shell"]).stdin(Stdio::piped()))?;
    let mut stdin = run.input()?;
    stdin.write_all(lines.as_bytes()).map_err(|error| error.to_string())?;
    drop(stdin);
    run.end()
}
