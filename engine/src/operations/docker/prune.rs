use crate::command::Output;
use crate::facts::docker;
use crate::{Args, Commands, Host, Operation, Result, Scope, sh};

/// Remove what Docker no longer uses: stopped containers, networks, images without a name.
///
/// It counts as a change if space was freed.
///
/// ```rhai
/// docker.prune(#{ all: true, filter: "until=720h" });
/// ```
#[derive(Debug, Args)]
#[args("docker.prune")]
pub(crate) struct Prune {
    /// Remove all images that no container uses.
    #[arg(default = false)]
    all: bool,

    /// Remove volumes too.
    #[arg(default = false)]
    volumes: bool,

    /// Only what this says: `until=24h`.
    #[arg(default = "")]
    filter: String,
}

impl Operation for Prune {
    fn plan(&self, _host: &Host<'_>) -> Result<Commands> {
        let mut line = sh!("docker system prune -f");
        line.flag("-a", self.all).flag("--volumes", self.volumes);
        line.opt("--filter", Some(&self.filter).filter(|it| !it.is_empty()));
        let mut todo = Commands::from(line);
        todo.changed = Some(has_freed);
        Ok(todo)
    }

    fn touches(&self) -> Vec<Scope> {
        vec![docker::everything()]
    }
}

/// Docker lists what it deleted, and ends with `Total reclaimed space: 0B` where that was nothing.
fn has_freed(outputs: &[Output]) -> bool {
    let is_nothing = |output: &Output| {
        let text = String::from_utf8_lossy(&output.stdout);
        text.trim() == "Total reclaimed space: 0B"
    };
    !outputs.iter().all(is_nothing)
}
