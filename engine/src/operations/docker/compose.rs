use super::each;
use crate::args::{OneOrMany, choice};
use crate::command::Output;
use crate::facts::docker;
use crate::{Args, Commands, Error, Host, Operation, Result, Scope, Shell, sh};

choice! {
    /// When images are pulled.
    pub(crate) enum Pull { Always = "always", Missing = "missing", Never = "never" }
}

/// Bring up what a file of Docker Compose describes, or take it down.
///
/// Compose is called every time; what has not changed it leaves as it is, and then this counts as no
/// change. Variables for the file go into `_env`.
///
/// ```rhai
/// docker.compose("/srv/app", #{ files: ["compose.yaml", "compose.prod.yaml"], pull: "missing" });
/// docker.compose("/srv/old", #{ present: false, remove_volumes: true });
/// ```
#[derive(Debug, Args)]
#[args("docker.compose")]
#[expect(clippy::struct_excessive_bools, reason = "they are the arguments of a command")]
pub(crate) struct BringUp {
    /// The directory on the host that the file is in.
    project_directory: String,

    /// The files, where they are not called as Compose expects.
    files: Option<OneOrMany<String>>,

    /// Name of the project. Default: the directory's.
    project_name: Option<String>,

    /// Whether it should be up.
    #[arg(default = true)]
    present: bool,

    /// When images are pulled. Default: as the file says.
    pull: Option<Pull>,

    /// Build images first.
    #[arg(default = false)]
    build: bool,

    /// Make all containers anew.
    #[arg(default = false)]
    force_recreate: bool,

    /// Remove containers that the file no longer has.
    #[arg(default = true)]
    remove_orphans: bool,

    /// To take it down: remove volumes too.
    #[arg(default = false)]
    remove_volumes: bool,

    /// The command of Compose.
    #[arg(default = "docker compose")]
    compose_command: String,
}

impl Operation for BringUp {
    fn plan(&self, _host: &Host<'_>) -> Result<Commands> {
        if self.project_directory.is_empty() {
            return Err(
                Error::usage("the project's directory is empty").argument("project_directory")
            );
        }
        let command = Shell::verbatim(&self.compose_command);
        let mut line = sh!("{command} --project-directory {self.project_directory}");
        line.opt("--project-name", self.project_name.as_ref());
        each(&mut line, "-f", self.files.iter().flat_map(|it| it.iter()));
        if self.present {
            line.flag("up -d", true).opt("--pull", self.pull.map(Pull::word));
            line.flag("--build", self.build).flag("--force-recreate", self.force_recreate);
        } else {
            line.flag("down", true).flag("-v", self.remove_volumes);
        }
        line.flag("--remove-orphans", self.remove_orphans);
        let mut todo = Commands::from(line);
        todo.changed = Some(has_changed);
        Ok(todo)
    }

    fn touches(&self) -> Vec<Scope> {
        vec![docker::everything()]
    }
}

/// Compose tells of each container, network and volume what became of it. Older versions, which word it
/// in another way, count as a change.
fn has_changed(outputs: &[Output]) -> bool {
    const DONE: &[&str] =
        &["Created", "Started", "Recreated", "Restarted", "Removed", "Stopped", "Pulled", "Built"];
    const LEFT: &[&str] = &["Running", "Healthy", "Exists"];
    let text: String =
        outputs.iter().map(|output| String::from_utf8_lossy(&output.stderr)).collect();
    let ends = |words: &[&str]| {
        text.lines().any(|line| words.iter().any(|word| line.trim_end().ends_with(word)))
    };
    let is_nothing = ends(LEFT) || text.contains("No resource found to remove");
    ends(DONE) || !is_nothing
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_what_compose_did() {
        for (stderr, expected) in [
            (" Container app-web-1  Running\n", false),
            (" Container app-web-1  Running\n Container app-db-1  Started\n", true),
            ("Warning: No resource found to remove for project \"app\".\n", false),
            ("app_web_1 is up-to-date\n", true),
            ("", true),
        ] {
            let output = Output { stdout: Vec::new(), stderr: stderr.into(), code: 0 };
            assert_eq!(has_changed(&[output]), expected, "{stderr}");
        }
    }
}
