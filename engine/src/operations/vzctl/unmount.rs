use super::state::bring;
use crate::args::Scalar;
use crate::facts::vzctl::containers;
use crate::{Args, Commands, Host, Operation, Result, Scope, sh};

/// Unmount the files of a container of OpenVZ, if they are mounted.
///
/// ```rhai
/// vzctl.unmount(101);
/// ```
#[derive(Debug, Args)]
#[args("vzctl.unmount")]
pub(crate) struct Unmount {
    /// Id of the container.
    ctid: Scalar,
}

impl Operation for Unmount {
    fn plan(&self, host: &Host<'_>) -> Result<Commands> {
        let id = &self.ctid.0;
        bring(host, id, "stopped", &[], sh!("vzctl umount {id}"))
    }

    fn touches(&self) -> Vec<Scope> {
        vec![containers()]
    }
}
