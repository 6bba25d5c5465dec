use crate::args::Scalar;
use crate::facts::vzctl::{OpenvzContainers, containers};
use crate::{Args, Commands, Host, Operation, Result, Scope, sh};

/// Delete a container of OpenVZ, if there is one.
///
/// ```rhai
/// vzctl.delete(101);
/// ```
#[derive(Debug, Args)]
#[args("vzctl.delete")]
pub(crate) struct Delete {
    /// Id of the container.
    ctid: Scalar,
}

impl Operation for Delete {
    fn plan(&self, host: &Host<'_>) -> Result<Commands> {
        let id = &self.ctid.0;
        let all = host.fact(&OpenvzContainers {})?;
        // A host that tells of no container at all may have another list of them.
        if !all.is_empty() && !all.contains_key(id) {
            return Ok(Commands::none(format!("there is no container {id}")));
        }
        let mut todo = Commands::from(sh!("vzctl delete {id}"));
        todo.attribute(format!("container {id}"), "container", "exists", "");
        let mut after = (*all).clone();
        after.shift_remove(id);
        todo.then(&OpenvzContainers {}, after);
        Ok(todo)
    }

    fn touches(&self) -> Vec<Scope> {
        vec![containers()]
    }
}
