use crate::command::Output;
use crate::operations::packages::work::any_output;
use crate::{Args, Commands, Host, Operation, Result, sh};

/// Upgrade all applications that pipx installed.
///
/// Runs every time, and counts as changed only if there was something newer.
///
/// ```rhai
/// pipx.upgrade_all();
/// ```
#[derive(Debug, Args)]
#[args("pipx.upgrade_all")]
pub(crate) struct UpgradeAll {}

impl Operation for UpgradeAll {
    fn plan(&self, _host: &Host<'_>) -> Result<Commands> {
        let mut todo = Commands::from(sh!("pipx upgrade-all"));
        todo.attribute("pipx", "applications", "some", "newest");
        todo.changed = Some(changed);
        Ok(todo)
    }
}

/// Whether pipx upgraded any: `upgraded package black from 23.1 to 24.2`.
fn changed(outputs: &[Output]) -> bool {
    any_output(outputs, |text| text.contains("upgraded package"))
}
