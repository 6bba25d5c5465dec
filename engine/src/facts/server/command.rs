use crate::{Args, Fact, Result, Shell};

/// What a command prints, without the line break at its end; `()` where it prints nothing.
///
/// The command is run whenever the answer is needed, in the plan too, so it must not change anything.
///
/// ```rhai
/// let nodes = host.fact("server.command", "cat /etc/nodes | sort -u");
/// ```
#[derive(Clone, Debug, Args)]
#[args("server.command")]
pub struct Command {
    /// The command.
    pub command: String,
}

impl Fact for Command {
    type Output = Option<String>;

    fn command(&self) -> Shell {
        Shell::verbatim(&self.command)
    }

    fn parse(&self, output: &str) -> Result<Self::Output> {
        Ok(Some(output.strip_suffix('\n').unwrap_or(output).to_owned()))
    }
}
