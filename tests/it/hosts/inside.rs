//! Directories of this machine as hosts.

use infra_tests::{Outcome, Project};

use crate::Test;

pub(crate) const TESTS: &[Test] = &[("inside: a directory, by chroot", a_directory_by_chroot)];

/// The root itself is a directory with a whole system; `chroot` shows in where commands begin.
fn a_directory_by_chroot() -> Outcome {
    let project = Project::new();
    let shown = project.run(["@chroot//", "exec", "--", "pwd; id -un"]);
    if shown.stdout != "/\nroot\n" {
        return Err(shown.text());
    }
    let made = project.folder().join("made");
    let deploy = format!(
        "files.put(#{{ content: \"inside\\n\", dest: \"{0}\", mode: \"640\" }});\nfiles.line(\"{0}\", \"inside\");",
        made.display()
    );
    project.file("deploy.rhai", deploy);
    let first = project.run(["@chroot//", "deploy.rhai", "--yes"]);
    let second = project.run(["@chroot//", "deploy.rhai", "--yes"]);
    let text = std::fs::read_to_string(&made).map_err(|error| error.to_string())?;
    if !first.stderr.contains("1 changed, 1 ok")
        || !second.stderr.contains("2 ok")
        || text != "inside\n"
    {
        return Err(format!("{}\n{}\n{text}", first.text(), second.text()));
    }
    Ok(())
}
