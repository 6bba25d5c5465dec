//! Logging in as one account and working as another.

use infra_tests::{Outcome, Project, Shown};
use serde_json::json;

use crate::Test;
use crate::bed::bed;

pub(crate) const TESTS: &[Test] = &[
    ("accounts: sudo without a password", sudo_without_a_password),
    ("accounts: sudo with a password", sudo_with_a_password),
    ("accounts: a wrong password for sudo is said", a_wrong_password_for_sudo),
    ("accounts: su and doas", su_and_doas),
    ("accounts: a login shell that prints a line first", a_chatty_login_shell),
    ("accounts: a password instead of a key", a_password_instead_of_a_key),
    ("accounts: files of another account stay its own", files_of_another_account),
];

fn sudo_without_a_password() -> Outcome {
    let taken = bed().take("light", 1);
    let project = taken.project_as("ops", &json!({}));
    prints(&project, &["--sudo", "exec", "--", "id", "-un"], "root\n")?;
    prints(&project, &["--sudo-user", "plain", "exec", "--", "id", "-un"], "plain\n")
}

fn sudo_with_a_password() -> Outcome {
    let taken = bed().take("light", 1);
    let project = taken.project_as("pw", &json!({"_sudo_password": "s3cr3t-pw"}));
    prints(&project, &["--sudo", "exec", "--", "id", "-un"], "root\n")?;
    project
        .file("deploy.rhai", "files.put(#{ content: \"x\", dest: \"/root/by-pw\", _sudo: true });");
    let shown = project.run(["inventory.rhai", "deploy.rhai", "--yes"]);
    succeeds(&shown)?;
    same("the file's owner", "root", taken.one().sure("stat", "stat -c %U /root/by-pw")?.trim())
}

fn a_wrong_password_for_sudo() -> Outcome {
    let taken = bed().take("light", 1);
    let project = taken.project_as("pw", &json!({"_sudo_password": "not-the-one"}));
    let shown = project.run(["inventory.rhai", "--sudo", "exec", "--", "id"]);
    if shown.code == 0 || !shown.stderr.contains("sudo") || !shown.stderr.contains("password") {
        return Err(shown.text());
    }
    // It is the same failure whether a command meets it, a question of the plan, or a fact.
    project.file("deploy.rhai", "files.line(\"/root/x\", \"y\", #{ _sudo: true });");
    let planned = project.run(["inventory.rhai", "deploy.rhai", "--dry"]);
    let fact = project.run(["inventory.rhai", "--sudo", "fact", "server.user"]);
    for shown in [shown, planned, fact] {
        if shown.code != 1 || !shown.stderr.contains("cannot become root (sudo)") {
            return Err(shown.text());
        }
        if shown.text().contains("not-the-one") {
            return Err(format!("the password is shown\n{}", shown.text()));
        }
    }
    Ok(())
}

fn su_and_doas() -> Outcome {
    let taken = bed().take("light", 1);
    let project = taken.project();
    prints(&project, &["--su-user", "plain", "exec", "--", "id", "-un"], "plain\n")?;
    let project = taken.project_as("ops", &json!({}));
    prints(&project, &["--doas", "exec", "--", "id", "-un"], "root\n")?;
    let project = taken.project_as("plain", &json!({"_su_password": "r00t-pw"}));
    prints(&project, &["--su-user", "root", "exec", "--", "id", "-un"], "root\n")
}

fn a_chatty_login_shell() -> Outcome {
    let taken = bed().take("light", 1);
    let project = taken.project_as("fishy", &json!({}));
    prints(&project, &["exec", "--", "echo hello"], "hello\n")?;
    prints(&project, &["--sudo", "exec", "--", "id -un"], "root\n")
}

fn a_password_instead_of_a_key() -> Outcome {
    let taken = bed().take("light", 1);
    let data = json!({"ssh_key": null, "ssh_password": "s3cr3t-pw"});
    let project = taken.project_as("pw", &data);
    prints(&project, &["exec", "--", "id -un"], "pw\n")
}

fn files_of_another_account() -> Outcome {
    let taken = bed().take("light", 1);
    let project = taken.project_as("ops", &json!({}));
    project.file(
        "deploy.rhai",
        "files.put(#{ content: \"mine\\n\", dest: \"/home/plain/note\", mode: \"600\", _sudo_user: \"plain\" });",
    );
    succeeds(&project.run(["inventory.rhai", "deploy.rhai", "--yes"]))?;
    let found = taken.one().sure("stat", "stat -c '%U %a' /home/plain/note")?;
    same("owner and mode", "plain 600", found.trim())
}

/// That a call in the project succeeds and prints this alone.
fn prints(project: &Project, words: &[&str], expected: &str) -> Outcome {
    let shown = project.run(["inventory.rhai"].iter().chain(words));
    succeeds(&shown)?;
    same("standard output", expected, &shown.stdout)
}

/// That a run ended well.
pub(crate) fn succeeds(shown: &Shown) -> Outcome {
    if shown.code == 0 { Ok(()) } else { Err(shown.text()) }
}

/// That two texts are the same.
pub(crate) fn same(what: &str, expected: &str, found: &str) -> Outcome {
    if expected == found {
        return Ok(());
    }
    Err(format!("{what}: expected\n{expected}\nfound\n{found}"))
}
