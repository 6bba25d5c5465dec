use crate::command::Output;
use crate::{Args, Commands, Host, Operation, Result, sh};

/// Let Puppet's agent do its work now.
///
/// It counts as a change if Puppet changed something. Where `puppet` is in the path of login shells only,
/// give `_use_sudo_login`.
///
/// ```rhai
/// puppet.agent(#{ server: "puppet.example.net", _use_sudo_login: true, _sudo: true });
/// ```
#[derive(Debug, Args)]
#[args("puppet.agent")]
pub(crate) struct RunAgent {
    /// The server. Default: the one in Puppet's settings.
    server: Option<String>,

    /// The server's port. Default: the one in Puppet's settings.
    port: Option<u16>,
}

/// What is printed where Puppet's exit code says that it changed something.
const CHANGED: &str = "puppet changed the host";

impl Operation for RunAgent {
    /// `puppet agent -t` ends with 2 where it changed something, and with 0 where nothing was to do.
    fn plan(&self, _host: &Host<'_>) -> Result<Commands> {
        let mut line = sh!("puppet agent -t");
        line.opt("--server", self.server.as_ref()).opt("--masterport", self.port);
        let mut todo = Commands::from(sh!("{line} || {{ test $? = 2 && echo {CHANGED}; }}"));
        todo.changed = Some(has_changed);
        Ok(todo)
    }
}

fn has_changed(outputs: &[Output]) -> bool {
    let says = |it: &Output| String::from_utf8_lossy(&it.stdout).lines().any(|it| it == CHANGED);
    outputs.iter().any(says)
}
