use super::state::bring;
use crate::args::Scalar;
use crate::facts::vzctl::containers;
use crate::{Args, Commands, Host, Operation, Result, Scope, sh};

/// Stop a container of OpenVZ, if it runs.
///
/// ```rhai
/// vzctl.stop(101);
/// ```
#[derive(Debug, Args)]
#[args("vzctl.stop")]
pub(crate) struct Stop {
    /// Id of the container.
    ctid: Scalar,
}

impl Operation for Stop {
    fn plan(&self, host: &Host<'_>) -> Result<Commands> {
        let id = &self.ctid.0;
        bring(host, id, "stopped", &["mounted"], sh!("vzctl stop {id}"))
    }

    fn touches(&self) -> Vec<Scope> {
        vec![containers()]
    }
}
