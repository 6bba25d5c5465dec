use serde_json::{Value as Json, json};

use crate::facts::lxd::{LxdContainers, containers};
use crate::{Args, Commands, Host, Operation, Result, Scope, sh};

/// Create and start a container of LXD, or remove it. One that is there stays as it is.
///
/// ```rhai
/// lxd.container("web", #{ image: "ubuntu:24.04" });
/// lxd.container("old", #{ present: false });
/// ```
#[derive(Debug, Args)]
#[args("lxd.container")]
pub(crate) struct EnsureContainer {
    /// Name of the container.
    id: String,

    /// Whether the container should exist.
    #[arg(default = true)]
    present: bool,

    /// The image that a new one is made of.
    #[arg(default = "ubuntu:16.04")]
    image: String,
}

impl Operation for EnsureContainer {
    fn plan(&self, host: &Host<'_>) -> Result<Commands> {
        let id = &self.id;
        let all = host.fact(&LxdContainers {})?;
        let text = |it: &Json, name: &str| it.get(name).and_then(Json::as_str).map(str::to_owned);
        let now = all.iter().find(|it| text(it, "name").as_ref() == Some(id));
        let mut after = (*all).clone();
        let mut todo = Commands::default();
        match (self.present, now) {
            (true, Some(_)) => return Ok(Commands::none(format!("container {id} exists"))),
            (false, None) => return Ok(Commands::none(format!("container {id} does not exist"))),
            (true, None) => {
                todo.run(sh!("lxc launch {self.image} {id}"));
                todo.attribute(format!("container {id}"), "image", "", &self.image);
                after.push(json!({ "name": id, "status": "Running" }));
            }
            (false, Some(now)) => {
                if text(now, "status").as_deref() == Some("Running") {
                    todo.run(sh!("lxc stop {id}"));
                }
                todo.run(sh!("lxc delete {id}"));
                todo.attribute(format!("container {id}"), "container", "exists", "");
                after.retain(|it| text(it, "name").as_ref() != Some(id));
            }
        }
        todo.then(&LxdContainers {}, after);
        Ok(todo)
    }

    fn touches(&self) -> Vec<Scope> {
        vec![containers()]
    }
}
