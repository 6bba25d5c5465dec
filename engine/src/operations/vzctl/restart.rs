use crate::args::Scalar;
use crate::facts::vzctl::containers;
use crate::{Args, Commands, Host, Operation, Result, Scope, sh};

/// Stop a container of OpenVZ and start it again, every time.
///
/// ```rhai
/// vzctl.restart(101);
/// ```
#[derive(Debug, Args)]
#[args("vzctl.restart")]
pub(crate) struct Restart {
    /// Id of the container.
    ctid: Scalar,

    /// Start it also if something speaks against it.
    #[arg(default = false)]
    force: bool,
}

impl Operation for Restart {
    fn plan(&self, _host: &Host<'_>) -> Result<Commands> {
        let id = &self.ctid.0;
        let mut start = sh!("vzctl start {id}");
        start.flag("--force", self.force);
        let mut todo = Commands::from(sh!("vzctl stop {id}"));
        todo.run(start);
        Ok(todo)
    }

    fn touches(&self) -> Vec<Scope> {
        vec![containers()]
    }
}
