use std::sync::Arc;

use crate::command::Command;
use crate::value::{Function, Value};
use crate::{Args, Commands, Host, Operation, Result};

/// Call a function of the script when the run has come here, and not for the plan.
///
/// Elsewhere a script's code is evaluated twice, for the plan and live. What must happen once, such as
/// a call of `local.shell` that changes something, goes into such a function. It can do all that scripts
/// can. The operation counts as changed, unless the function returns `false`; it fails where the function
/// throws. Text that it returns is the result's `stdout`.
///
/// ```rhai
/// let registered = script.run(|| {
///     let name = host.run("hostname -f").stdout;
///     local.shell(`echo registering ${name}`);
///     name
/// }, #{ name: "Register the host" });
/// script.run(|port| host.log(`listening on ${port}`), #{ args: [8080] });
/// ```
#[derive(Debug, Args)]
#[args("script.run")]
pub(crate) struct Run {
    /// The function.
    function: Arc<dyn Function>,

    /// Its arguments.
    args: Option<Vec<Value>>,
}

impl Operation for Run {
    fn plan(&self, _host: &Host<'_>) -> Result<Commands> {
        let mut todo = Commands::default();
        let (function, arguments) =
            (Arc::clone(&self.function), self.args.clone().unwrap_or_default());
        todo.list.push(Command::Call { function, arguments });
        Ok(todo)
    }
}
