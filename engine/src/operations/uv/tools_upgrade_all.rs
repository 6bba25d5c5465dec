use super::Extra;
use crate::command::Output;
use crate::operations::packages::work::any_output;
use crate::{Args, Commands, Host, Operation, Result, sh};

/// Upgrade all tools that uv installed.
///
/// Runs every time, and counts as changed only if there was something newer.
///
/// ```rhai
/// uv.tools_upgrade_all();
/// ```
#[derive(Debug, Args)]
#[args("uv.tools_upgrade_all")]
pub(crate) struct ToolsUpgradeAll {
    /// More arguments for uv: one text, or a list of words.
    extra_args: Option<Extra>,
}

impl Operation for ToolsUpgradeAll {
    fn plan(&self, _host: &Host<'_>) -> Result<Commands> {
        let extra = Extra::shell(self.extra_args.as_ref());
        let mut todo = Commands::from(sh!("uv tool upgrade --all {extra}"));
        todo.attribute("uv", "tools", "some", "newest");
        todo.changed = Some(changed);
        Ok(todo)
    }
}

/// Whether uv upgraded any.
fn changed(outputs: &[Output]) -> bool {
    any_output(outputs, |text| !text.contains("Nothing to upgrade"))
}
