use super::state::bring;
use crate::args::Scalar;
use crate::facts::vzctl::containers;
use crate::{Args, Commands, Host, Operation, Result, Scope, sh};

/// Mount the files of a container of OpenVZ, unless they are.
///
/// ```rhai
/// vzctl.mount(101);
/// ```
#[derive(Debug, Args)]
#[args("vzctl.mount")]
pub(crate) struct Mount {
    /// Id of the container.
    ctid: Scalar,
}

impl Operation for Mount {
    fn plan(&self, host: &Host<'_>) -> Result<Commands> {
        let id = &self.ctid.0;
        bring(host, id, "mounted", &["running"], sh!("vzctl mount {id}"))
    }

    fn touches(&self) -> Vec<Scope> {
        vec![containers()]
    }
}
