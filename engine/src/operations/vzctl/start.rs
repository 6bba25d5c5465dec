use super::state::bring;
use crate::args::Scalar;
use crate::facts::vzctl::containers;
use crate::{Args, Commands, Host, Operation, Result, Scope, sh};

/// Start a container of OpenVZ, unless it runs.
///
/// ```rhai
/// vzctl.start(101);
/// ```
#[derive(Debug, Args)]
#[args("vzctl.start")]
pub(crate) struct Start {
    /// Id of the container.
    ctid: Scalar,

    /// Start it also if something speaks against it.
    #[arg(default = false)]
    force: bool,
}

impl Operation for Start {
    fn plan(&self, host: &Host<'_>) -> Result<Commands> {
        let id = &self.ctid.0;
        let mut line = sh!("vzctl start {id}");
        line.flag("--force", self.force);
        bring(host, id, "running", &[], line)
    }

    fn touches(&self) -> Vec<Scope> {
        vec![containers()]
    }
}
