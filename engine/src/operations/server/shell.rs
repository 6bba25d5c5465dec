use crate::args::OneOrMany;
use crate::{Args, Commands, Host, Operation, Result, Shell};

/// Run shell commands.
///
/// They run every time, one after the other, until one fails; guard them with `_creates`,
/// `_unless` or `_only_if` where they should not.
///
/// ```rhai
/// server.shell("echo hello");
/// server.shell(["make", "make install"], #{ _chdir: "/opt/app", _creates: "/usr/local/bin/app" });
/// ```
#[derive(Debug, Args)]
#[args("server.shell")]
pub(crate) struct ShellCommands {
    /// The command, or several.
    commands: OneOrMany<String>,
}

impl Operation for ShellCommands {
    fn plan(&self, _host: &Host<'_>) -> Result<Commands> {
        let mut todo = Commands::default();
        for command in self.commands.iter() {
            todo.run(Shell::verbatim(command));
        }
        Ok(todo)
    }
}
