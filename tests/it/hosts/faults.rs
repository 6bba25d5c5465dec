//! Hosts that are not as they should be: what is told, what is left, and what goes on.

use infra_tests::{Outcome, Project, Shown};
use serde_json::json;

use crate::Test;
use crate::bed::{Own, bed};
use crate::ends::{code, has_all, summary};

pub(crate) const TESTS: &[Test] = &[
    ("faults: a full, a read-only and an immutable place keep what they have", no_room),
    ("faults: a killed session ends the host's part, not the run", a_killed_shell),
    ("faults: one channel at a time will do", one_channel),
    ("faults: an expired account and a restricted shell", odd_accounts),
    ("faults: temporary files go where they are told to", a_place_for_temporary_files),
    ("faults: what cannot be written here is told", no_room_here),
    ("faults: a large file arrives where `head` takes more than it gives", a_greedy_head),
];

fn apply(project: &Project) -> Shown {
    project.run(["inventory.rhai", "deploy.rhai", "--yes"])
}

fn no_room() -> Outcome {
    let taken = bed().take("light", 1);
    let host = taken.one();
    let project = taken.project();
    host.shell(
        "mkdir /full /read /fixed; mount -t tmpfs -o size=16k tmpfs /full; mount -t tmpfs tmpfs /read; \
         for it in full read fixed; do echo old >/$it/file; done; mount -o remount,ro /read; chattr +i /fixed/file",
    )?;
    project.file("large", vec![b'x'; 300 << 10]);
    project.file("small", vec![b'y'; 100 << 10]);
    let put =
        |from: &str, to: &str| format!("attempt(|| files.put(\"{from}\", \"/{to}/file\"));\n");
    let deploy = [
        put("large", "full"),
        put("small", "full"),
        put("small", "read"),
        put("small", "fixed"),
        "server.shell(\"cat /full/file /read/file /fixed/file; find /full /read /fixed -name '.infra*'\");".to_owned(),
    ];
    project.file("deploy.rhai", deploy.concat());
    let shown = project.run(["inventory.rhai", "deploy.rhai", "--yes", "--json"]);
    host.shell("chattr -i /fixed/file; umount /full /read; rm -r /full /read /fixed")?;
    let events = shown.events()?;
    let results: Vec<_> = events.iter().filter(|it| it["event"] == "result").collect();
    let hints = ["make room there", "make room there", "mounted read-only", "is it immutable"];
    for (result, hint) in results.iter().zip(hints) {
        if result["status"] != "failed" || !result["note"].to_string().contains(hint) {
            return Err(format!("expected `{hint}`\n{result}"));
        }
    }
    match results.as_slice() {
        [_, _, _, _, last] if last["stdout"] == "old\nold\nold\n" => Ok(()),
        _ => Err(shown.text()),
    }
}

fn a_killed_shell() -> Outcome {
    let taken = bed().take("light", 2);
    let project = taken.project();
    let victim = &taken.one().name;
    project.file(
        "deploy.rhai",
        format!(
            "server.shell(if host.name == \"{victim}\" {{ \"kill -9 $PPID; sleep 600\" }} else {{ \"true\" }}, \
             #{{ name: \"Break it\" }});\nserver.shell(\"true\");\n"
        ),
    );
    let shown = project.run(["inventory.rhai", "deploy.rhai", "--yes"]);
    code(&shown, 3)?;
    has_all(
        &shown.stderr,
        &[&format!("{victim} unreachable in Break it (deploy.rhai:1:1)"), "hint: ", "2 changed"],
    )?;
    let left = taken.one().shell("! pgrep -f '^sleep 600'")?;
    code(&left, 0)
}

fn one_channel() -> Outcome {
    let own = Own::start("narrow", &["MaxSessions 1"])?;
    let host = own.taken.one();
    let project = own.taken.project();
    project.file(
        "inventory.rhai",
        format!("let bed = [{}];", host.entry("ops", &project, &json!({}))),
    );
    project.file("large", vec![b'x'; 300 << 10]);
    project.file(
        "deploy.rhai",
        "let put = files.put(\"large\", \"/tmp/large\");\n\
         let root = server.shell(\"id -un; wc -c </tmp/large\", #{ _sudo: true });\n\
         server.shell(\"id -un\");\nprint(root.stdout);\n",
    );
    let shown = apply(&project);
    code(&shown, 0)?;
    has_all(&shown.stderr, &["root\n", "307200", "3 changed"])
}

fn odd_accounts() -> Outcome {
    let taken = bed().take("light", 1);
    let host = taken.one();
    let project = taken.project();
    host.shell(
        "cd /home; for it in late narrow; do useradd --create-home --shell /bin/rbash $it; cp -r ops/.ssh $it/; \
         chown -R $it: $it; done; chage -E 0 late; echo 'narrow ALL=(ALL) NOPASSWD: ALL' >/etc/sudoers.d/narrow",
    )?;
    project.file(
        "deploy.rhai",
        "server.shell(\"id -un\");\nserver.shell(\"id -un\", #{ _sudo: true });",
    );
    let run = |user: &str| {
        let entry = host.entry(user, &project, &json!({}));
        project.file("inventory.rhai", format!("let bed = [{entry}];"));
        apply(&project)
    };
    let (late, narrow) = (run("late"), run("narrow"));
    host.shell("userdel -r late; userdel -r narrow; rm /etc/sudoers.d/narrow")?;
    code(&late, 3)?;
    has_all(&late.stderr, &["login as late failed", "Your account has expired", "hint: "])?;
    code(&narrow, 0)
}

fn a_place_for_temporary_files() -> Outcome {
    let taken = bed().take("light", 1);
    let project = taken.project();
    project.file("where.sh", "#!/bin/sh\necho \"$0\"\n");
    project.file(
        "deploy.rhai",
        "print(server.script(\"where.sh\", #{ _temp_dir: \"/var/tmp\" }).stdout);",
    );
    let shown = apply(&project);
    code(&shown, 0)?;
    has_all(&shown.stderr, &["/var/tmp/infra-script-"])
}

fn no_room_here() -> Outcome {
    let taken = bed().take("light", 1);
    let project = taken.project();
    project.file("deploy.rhai", "server.shell(\"true\");");
    let full = std::fs::File::create("/dev/full").map_err(|error| error.to_string())?;
    let mut command = project.command(["inventory.rhai", "deploy.rhai", "--yes", "--json"]);
    let output = command.stdout(full).output().map_err(|error| error.to_string())?;
    let shown = Shown::of(&output);
    code(&shown, 1)?;
    has_all(&shown.stderr, &["error: cannot write to standard output: No space left on device"])?;
    let summed = project.run(["inventory.rhai", "deploy.rhai", "--yes", "--json"]);
    code(&summed, 0)?;
    summary(&summed).map(drop)
}

fn a_greedy_head() -> Outcome {
    let taken = bed().take("light", 1);
    let host = taken.one();
    let project = taken.project();
    host.shell("ln -s \"$(command -v busybox)\" /usr/local/bin/head")?;
    project.file("large", vec![b'x'; (300 << 10) + 1]);
    project.file("deploy.rhai", "files.put(\"large\", \"/tmp/greedy\");");
    let shown = project.run(["inventory.rhai", "deploy.rhai", "--yes", "--timeout", "20"]);
    let there =
        host.shell("tr -d x </tmp/greedy | wc -c; wc -c </tmp/greedy; rm /usr/local/bin/head")?;
    code(&shown, 0)?;
    has_all(&there.stdout, &["0\n307201\n"])
}
