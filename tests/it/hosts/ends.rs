//! How runs end that do not go well: failing commands, hosts that vanish, Ctrl-C, a controller that is killed.

use std::time::{Duration, Instant};

use infra_tests::{Outcome, Running, Shown};
use serde_json::json;

use crate::Test;
use crate::bed::{BedHost, Own, bed};

pub(crate) const TESTS: &[Test] = &[
    ("ends: a failing command is told with all that belongs to it", a_failing_command),
    ("ends: a failing host does not stop the others", a_failing_host),
    ("ends: an unreachable host does not stop the others", an_unreachable_host),
    ("ends: a vanishing host does not stop the others", a_vanishing_host),
    ("ends: a limit that matches nothing", a_limit_that_matches_nothing),
    ("ends: a timeout ends the command and what it started", a_timeout),
    ("ends: Ctrl-C twice ends the command, leaves nothing behind and still sums up", an_interrupt),
    ("ends: Ctrl-C once lets the command end", a_gentle_interrupt),
    (
        "ends: Ctrl-C once ends a job of many operations, also of another account",
        an_escalated_interrupt,
    ),
    ("ends: a killed controller leaves nothing behind", a_killed_controller),
];

fn a_failing_command() -> Outcome {
    let taken = bed().take("light", 1);
    let project = taken.project();
    project.file(
        "deploy.rhai",
        "server.shell(\"true\");\nserver.shell(\"echo out; echo why >&2; exit 7\", #{ name: \"Break it\" });\n",
    );
    let shown = project.run(["inventory.rhai", "deploy.rhai", "--yes"]);
    let host = &taken.one().name;
    code(&shown, 1)?;
    let call = [host.as_str(), "Break it", "server.shell", "deploy.rhai:2:1"];
    has_all(&shown.stderr, &call)?;
    has_all(&shown.stderr, &["exit code 7", "echo out; echo why >&2; exit 7", "why\n", "out\n"])
}

fn a_failing_host() -> Outcome {
    let taken = bed().take("light", 3);
    let project = taken.project();
    let [first, second, third] = names(&taken.hosts)?;
    project.file(
        "deploy.rhai",
        format!(
            "server.shell(`test ${{host.name}} != {second}`);\nserver.shell(\"touch /tmp/after\", #{{ name: \"After\" }});"
        ),
    );
    let shown = project.run(["inventory.rhai", "deploy.rhai", "--yes", "--json"]);
    code(&shown, 1)?;
    let summary = summary(&shown)?;
    for (host, changed, failed) in [(&first, 2, 0), (&second, 0, 1), (&third, 2, 0)] {
        let counts = &summary["hosts"][host.as_str()];
        if counts["changed"] != changed || counts["failed"] != failed {
            return Err(format!("{host}: {counts}\n{}", shown.text()));
        }
    }
    Ok(())
}

fn an_unreachable_host() -> Outcome {
    let taken = bed().take("light", 1);
    let project = taken.project();
    // The discard port of a loopback address that nothing listens on.
    let gone = "[\"gone\", #{\"ssh_hostname\": \"127.0.2.254\", \"ssh_port\": 9}]";
    let host = taken.one().entry("root", &project, &json!({}));
    project.file("inventory.rhai", format!("let bed = [{gone}, {host}];"));
    project.file("deploy.rhai", "server.shell(\"true\");");
    let shown = project.run(["inventory.rhai", "deploy.rhai", "--yes", "--json"]);
    code(&shown, 3)?;
    let summary = summary(&shown)?;
    if summary["hosts"]["gone"]["unreachable"] != true
        || summary["hosts"][taken.one().name.as_str()]["changed"] != 1
    {
        return Err(shown.text());
    }
    Ok(())
}

fn a_vanishing_host() -> Outcome {
    let taken = bed().take("light", 1);
    let own = Own::start("victim", &[])?;
    let project = taken.project();
    let victim = own.taken.one();
    project.file("known_hosts", format!("{}{}", taken.one().known(), victim.known()));
    let entries =
        [victim, taken.one()].map(|host| host.entry("root", &project, &json!({}))).join(", ");
    project.file("inventory.rhai", format!("let bed = [{entries}];"));
    // Every process of the connection, while its command runs.
    let kill = "pkill -KILL sshd; sleep 60";
    project.file(
        "deploy.rhai",
        format!(
            "server.shell(if host.name == \"victim\" {{ \"{kill}\" }} else {{ \"true\" }});\nserver.shell(\"true\");\n"
        ),
    );
    let shown = project.run(["inventory.rhai", "deploy.rhai", "--yes", "--json"]);
    let summary = summary(&shown)?;
    let other = &summary["hosts"][taken.one().name.as_str()];
    if shown.code != 3 || other["changed"] != 2 || summary["hosts"]["victim"]["unreachable"] != true
    {
        return Err(shown.text());
    }
    Ok(())
}

fn a_limit_that_matches_nothing() -> Outcome {
    let taken = bed().take("light", 1);
    let project = taken.project();
    let shown = project.run(["inventory.rhai", "--limit", "web*", "exec", "--", "true"]);
    code(&shown, 4)?;
    has_all(&shown.stderr, &["web*"])
}

fn a_timeout() -> Outcome {
    let taken = bed().take("light", 1);
    let project = taken.project();
    project.file("deploy.rhai", "server.shell(\"sleep 7771 & sleep 7772\", #{ _timeout: 1.0 });");
    let shown = project.run(["inventory.rhai", "deploy.rhai", "--yes"]);
    code(&shown, 1)?;
    nothing_left(taken.one(), "sleep 777")
}

/// A run that has come to a long command on the host, with a file sent before.
fn in_the_middle(host: &BedHost, project: &infra_tests::Project, mark: u32) -> Outcome<Running> {
    project.file("long.sh", format!("#!/bin/sh\nsleep {mark} &\nsleep {mark}\n"));
    project.file(
        "deploy.rhai",
        "server.shell(\"true\");\nlet long = server.script(\"long.sh\");\n\
         if long.changed { server.shell(\"true\"); }\n",
    );
    let run = project.start(["inventory.rhai", "deploy.rhai", "--yes"])?;
    await_host(host, &runs(&format!("sleep {mark}")), "the command has begun")?;
    Ok(run)
}

fn an_interrupt() -> Outcome {
    ["light", "small"].into_iter().try_for_each(an_interrupt_on)
}

fn an_interrupt_on(kind: &str) -> Outcome {
    let taken = bed().take(kind, 1);
    let project = taken.project();
    let run = in_the_middle(taken.one(), &project, 8881)?;
    run.signal("INT")?;
    // The second one is another signal only if the first has been taken.
    std::thread::sleep(Duration::from_millis(500));
    run.signal("INT")?;
    let shown = run.end()?;
    code(&shown, 130)?;
    has_all(&shown.stderr, &[&taken.one().name, "interrupted"])?;
    nothing_left(taken.one(), "sleep 8881")
}

fn a_gentle_interrupt() -> Outcome {
    let taken = bed().take("light", 1);
    let project = taken.project();
    let run = in_the_middle(taken.one(), &project, 2)?;
    run.signal("INT")?;
    let shown = run.end()?;
    code(&shown, 130)?;
    has_all(&shown.stderr, &["Interrupted. 1 host: 2 changed"])
}

fn an_escalated_interrupt() -> Outcome {
    let taken = bed().take("light", 1);
    let host = taken.one();
    let project = taken.project();
    let data = json!({"_sudo": true, "_sudo_password": "s3cr3t-pw"});
    project.file("inventory.rhai", format!("let bed = [{}];", host.entry("pw", &project, &data)));
    project.file(
        "deploy.rhai",
        "server.shell([\"touch /root/begun; until [ -e /root/go-on ]; do sleep 0.05; done\", \"id -un\"]);\n\
         server.shell(\"touch /root/never\");\nserver.shell(\"touch /root/never\");\n",
    );
    let run = project.start(["inventory.rhai", "deploy.rhai", "--yes"])?;
    await_host(host, "[ -e /root/begun ]", "the command has begun")?;
    run.signal("INT")?;
    std::thread::sleep(Duration::from_secs(1));
    host.shell("touch /root/go-on")?;
    let shown = run.end()?;
    code(&shown, 130)?;
    has_all(&shown.stderr, &["Interrupted. 1 host: 1 changed, 2 not run"])?;
    await_host(host, "[ ! -e /root/never ]; rm -f /root/begun /root/go-on", "nothing else ran")
}

fn a_killed_controller() -> Outcome {
    ["light", "small"].into_iter().try_for_each(a_killed_controller_on)
}

fn a_killed_controller_on(kind: &str) -> Outcome {
    let taken = bed().take(kind, 1);
    let project = taken.project();
    let run = in_the_middle(taken.one(), &project, 8882)?;
    run.signal("KILL")?;
    run.end()?;
    nothing_left(taken.one(), "sleep 8882")
}

/// Whether a process with this text in its arguments runs, on a host that need not have `pgrep`.
fn runs(process: &str) -> String {
    format!("cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\\0' ' ' | grep -q '{process}'")
}

/// That soon neither a process of that kind nor a temporary file of ours is on the host.
fn nothing_left(host: &BedHost, process: &str) -> Outcome {
    await_host(host, &format!("! {{ {}; }}", runs(process)), "no process is left")?;
    let files = "! find /tmp /var/tmp /root -maxdepth 1 -name '*infra*' | grep .";
    await_host(host, files, "no temporary file is left")
}

/// Waits until a script succeeds on the host.
pub(crate) fn await_host(host: &BedHost, script: &str, what: &str) -> Outcome {
    let end = Instant::now() + Duration::from_secs(30);
    loop {
        let shown = host.shell(script)?;
        match shown.code {
            0 => return Ok(()),
            _ if Instant::now() > end => {
                let processes = host.shell("ps -eo pid,ppid,args --no-headers")?.stdout;
                return Err(format!("not so: {what}\n{}\n{processes}", shown.text()));
            }
            _ => std::thread::sleep(Duration::from_millis(200)),
        }
    }
}

/// That a run ended with this code.
pub(crate) fn code(shown: &Shown, expected: i32) -> Outcome {
    if shown.code == expected {
        return Ok(());
    }
    Err(format!("expected exit code {expected}\n{}", shown.text()))
}

/// That a text has all these parts.
pub(crate) fn has_all(text: &str, parts: &[&str]) -> Outcome {
    match parts.iter().find(|part| !text.contains(**part)) {
        Some(part) => Err(format!("`{part}` is not in\n{text}")),
        None => Ok(()),
    }
}

/// The last event of a run with `--json`.
pub(crate) fn summary(shown: &Shown) -> Outcome<serde_json::Value> {
    let summary = shown.events()?.into_iter().next_back();
    summary.filter(|it| it["event"] == "summary").ok_or_else(|| shown.text())
}

fn names(hosts: &[BedHost]) -> Outcome<[String; 3]> {
    let names: Vec<String> = hosts.iter().map(|host| host.name.clone()).collect();
    names.try_into().map_err(|names| format!("not three: {names:?}"))
}
