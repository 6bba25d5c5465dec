use serde_json::{Value as Json, json};

use super::{each, is_there};
use crate::facts::docker::{self, DockerVolume};
use crate::{Args, Commands, Host, Operation, Result, Scope, Shell, sh};

/// Create or remove a volume of Docker. One that is there stays as it is.
///
/// ```rhai
/// docker.volume("data", #{ labels: ["keep=yes"] });
/// docker.volume("old", #{ present: false });
/// ```
#[derive(Debug, Args)]
#[args("docker.volume")]
pub(crate) struct EnsureVolume {
    /// Name of the volume.
    volume: String,

    /// What keeps it. Default: Docker's own `local`.
    #[arg(default = "")]
    driver: String,

    /// Labels: `key=value`.
    labels: Option<Vec<String>>,

    /// Options for the driver: `key=value`.
    options: Option<Vec<String>>,

    /// Whether the volume should exist.
    #[arg(default = true)]
    present: bool,
}

impl Operation for EnsureVolume {
    fn plan(&self, host: &Host<'_>) -> Result<Commands> {
        let name = &self.volume;
        let fact = DockerVolume { object_id: name.clone() };
        let now = host.fact(&fact)?;
        let subject = format!("docker volume {name}");
        if self.present && is_there(&now) {
            return Ok(Commands::none(format!("{subject} exists")));
        }
        if !self.present {
            if now.is_null() {
                return Ok(Commands::none(format!("{subject} does not exist")));
            }
            let mut todo = Commands::from(sh!("docker volume rm {name}"));
            todo.attribute(subject, "volume", "exists", "").then(&fact, Json::Null);
            return Ok(todo);
        }
        let mut flags = Shell::new();
        flags.opt("-d", Some(&self.driver).filter(|it| !it.is_empty()));
        each(&mut flags, "--label", self.labels.iter().flatten());
        each(&mut flags, "--opt", self.options.iter().flatten());
        let mut todo = Commands::from(sh!("docker volume create {flags} {name}"));
        todo.attribute(subject, "volume", "", "created").then(&fact, json!([{ "Name": name }]));
        Ok(todo)
    }

    fn touches(&self) -> Vec<Scope> {
        vec![docker::object("volume", &self.volume)]
    }
}
