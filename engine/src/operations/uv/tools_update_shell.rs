use crate::command::Output;
use crate::facts::server::Path;
use crate::facts::uv::UvToolDir;
use crate::operations::packages::work::any_output;
use crate::{Args, Commands, Host, Operation, Result, sh};

/// Put the directory with the programs of uv's tools into the account's `PATH`, by way of its shell's start files.
///
/// That counts as changed only if a file had to be changed. Sessions that are open do not see it.
///
/// ```rhai
/// uv.tools_update_shell();
/// ```
#[derive(Debug, Args)]
#[args("uv.tools_update_shell")]
pub(crate) struct ToolsUpdateShell {}

impl Operation for ToolsUpdateShell {
    fn plan(&self, host: &Host<'_>) -> Result<Commands> {
        host.want(&Path {});
        let folder = host.fact(&UvToolDir { bin: true })?;
        let path = host.fact(&Path {})?;
        let path = path.as_deref().unwrap_or_default();
        if !folder.is_empty() && path.split(':').any(|it| it == folder.as_str()) {
            return Ok(Commands::none(format!("{folder} is in PATH")));
        }
        let mut todo = Commands::from(sh!("uv tool update-shell"));
        todo.attribute("PATH", "uv", "", "yes");
        todo.changed = Some(changed);
        Ok(todo)
    }
}

/// Whether uv changed a file.
fn changed(outputs: &[Output]) -> bool {
    any_output(outputs, |text| text.contains("Updated ") || text.contains("Created "))
}
