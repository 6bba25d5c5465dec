use crate::args::Scalar;
use crate::facts::vzctl::{OpenvzContainers, containers};
use crate::{Args, Commands, Host, Operation, Result, Scope, sh};

/// Create a container of OpenVZ. One that is there stays as it is.
///
/// ```rhai
/// vzctl.create(101, #{ template: "debian-12-x86_64" });
/// ```
#[derive(Debug, Args)]
#[args("vzctl.create")]
pub(crate) struct Create {
    /// Id of the container.
    ctid: Scalar,

    /// The template that it is made of. Default: OpenVZ's own.
    template: Option<String>,
}

impl Operation for Create {
    fn plan(&self, host: &Host<'_>) -> Result<Commands> {
        let id = &self.ctid.0;
        let all = host.fact(&OpenvzContainers {})?;
        if all.contains_key(id) {
            return Ok(Commands::none(format!("container {id} exists")));
        }
        let mut line = sh!("vzctl create {id}");
        line.opt("--ostemplate", self.template.as_ref());
        let mut todo = Commands::from(line);
        todo.attribute(format!("container {id}"), "container", "", "created");
        let mut after = (*all).clone();
        after.entry(id.clone()).or_default().insert("status".to_owned(), "stopped".into());
        todo.then(&OpenvzContainers {}, after);
        Ok(todo)
    }

    fn touches(&self) -> Vec<Scope> {
        vec![containers()]
    }
}
