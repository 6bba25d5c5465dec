//! Secrets are in no output and in no argument list; large files arrive whole.

use infra_tests::{Outcome, Shown};
use serde_json::json;

use crate::Test;
use crate::accounts::{same, succeeds};
use crate::bed::bed;

pub(crate) const TESTS: &[Test] = &[
    ("secrets: no output has them", no_output),
    ("secrets: no argument list has them", no_argument_list),
    ("uploads: five megabytes arrive whole, and once", a_large_upload),
];

const SECRET: &str = "correct-horse-battery";

fn no_output() -> Outcome {
    let taken = bed().take("light", 1);
    let project = taken.project_as("pw", &json!({"_sudo_password": "s3cr3t-pw"}));
    project.file(
        "deploy.rhai",
        format!(
            "let word = secret(\"{SECRET}\");\n\
             server.shell(`echo it is ${{word}}; echo ${{word}} >&2`, #{{ _sudo: true }});\n\
             files.put(#{{ content: \"password = \" + word + \"\\n\", dest: \"/root/app.secret\", mode: \"600\", _sudo: true }});\n\
             server.shell(`test ${{word}} = other`, #{{ _sudo: true, _ignore_errors: true }});\n\
             host.log(`the word is ${{word}}`);\n\
             server.shell(\"cat /root/app.secret; exit 3\", #{{ _sudo: true }});\n"
        ),
    );
    let log = project.folder().join("run.log");
    let junit = project.folder().join("run.xml");
    let files = [
        "--log".to_owned(),
        log.display().to_string(),
        "--junit".to_owned(),
        junit.display().to_string(),
    ];
    let mut texts = Vec::new();
    for words in [["-vvv", "--diff"], ["--json", "--diff"], ["--dry", "-vv"]] {
        let always = ["inventory.rhai", "deploy.rhai", "--yes"];
        let shown =
            project.run(always.into_iter().chain(words).chain(files.iter().map(String::as_str)));
        let is_dry = words.contains(&"--dry");
        if shown.code != i32::from(!is_dry) {
            return Err(shown.text());
        }
        texts.push(shown.text());
        texts.extend([&log, &junit].map(|path| std::fs::read_to_string(path).unwrap_or_default()));
    }
    let hidden = "it is ***";
    if !texts.iter().any(|text| text.contains(hidden)) {
        return Err(format!("`{hidden}` is nowhere\n{}", texts.join("\n")));
    }
    for text in texts {
        for word in [SECRET, "s3cr3t-pw"] {
            if let Some(line) = text.lines().find(|line| line.contains(word)) {
                return Err(format!("the secret is shown in: {line}"));
            }
        }
    }
    let written = taken.one().sure("the file", "cat /root/app.secret")?;
    same("the file", &format!("password = {SECRET}\n"), &written)
}

fn no_argument_list() -> Outcome {
    let taken = bed().take("light", 1);
    let host = taken.one();
    let project = taken.project_as("pw", &json!({"_sudo_password": "s3cr3t-pw"}));
    project.file(
        "deploy.rhai",
        format!(
            "let word = secret(\"{SECRET}\");\n\
             server.shell(`: ${{word}}; touch /tmp/begun; sleep 3`, #{{ _sudo: true }});\n\
             server.shell(\"sleep 3\", #{{ _env: #{{ WORD: word }}, _sudo: true }});\n"
        ),
    );
    let run = project.start(["inventory.rhai", "deploy.rhai", "--yes"])?;
    // Everything that any process of the host was started with, again and again while it runs; and
    // here too: the controller's own list is as public.
    let look = "rm -f /tmp/seen; for i in $(seq 60); do cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\\0' ' ' >>/tmp/seen; \
        echo >>/tmp/seen; sleep 0.1; done; rm -f /tmp/begun; cat /tmp/seen";
    let seen = host.sure("looking at processes", look)?;
    succeeds(&run.end()?)?;
    if !seen.contains("sleep 3") {
        return Err(format!("the command was not seen\n{seen}"));
    }
    for word in [SECRET, "s3cr3t-pw"] {
        if let Some(line) = seen.lines().find(|line| line.contains(word)) {
            return Err(format!("the secret is an argument: {line}"));
        }
    }
    Ok(())
}

fn a_large_upload() -> Outcome {
    let taken = bed().take("light", 1);
    let project = taken.project();
    // Every byte there is, in an order that does not repeat soon.
    let bytes: Vec<u8> =
        (0u32..5 << 20).map(|at| (at.wrapping_mul(2_654_435_761) >> 13).to_le_bytes()[0]).collect();
    let path = project.file("large.bin", &bytes);
    project.file(
        "deploy.rhai",
        "files.put(\"large.bin\", \"/var/tmp/large.bin\", #{ mode: \"640\" });",
    );
    let run = || project.run(["inventory.rhai", "deploy.rhai", "--yes", "--json"]);
    let first = run();
    succeeds(&first)?;
    let here = std::process::Command::new("sha256sum").arg(path).output();
    let here = Shown::of(&here.map_err(|error| error.to_string())?).stdout;
    let there = taken
        .one()
        .sure("the file", "sha256sum /var/tmp/large.bin; stat -c %a /var/tmp/large.bin")?;
    let sum = here.split_whitespace().next().unwrap_or_default();
    if sum.len() != 64 || !there.starts_with(sum) || !there.ends_with("640\n") {
        return Err(format!("{here}\n{there}"));
    }
    let second = run();
    succeeds(&second)?;
    if second.stdout.contains("\"status\":\"ok\"") { Ok(()) } else { Err(second.text()) }
}
