use super::ssh;
use crate::{Args, Commands, Host, Operation, Result, Scope, sh};

/// Run a command on another server, from the host over SSH.
///
/// It runs every time. The host's account must be able to log in there without being asked anything.
///
/// ```rhai
/// ssh.command("db-2.example.net", "pg_ctl promote", #{ user: "postgres" });
/// ```
#[derive(Debug, Args)]
#[args("ssh.command")]
#[expect(clippy::struct_field_names, reason = "the argument is called so")]
pub(crate) struct Command {
    /// The other server.
    hostname: String,

    /// The command; the other server's shell reads it.
    command: String,

    /// The user to log in as.
    user: Option<String>,

    /// The port of its SSH server.
    #[arg(default = 22_u16)]
    port: u16,
}

impl Operation for Command {
    fn plan(&self, _host: &Host<'_>) -> Result<Commands> {
        let ssh = ssh(&self.hostname, self.user.as_deref(), self.port)?;
        Ok(Commands::from(sh!("{ssh} {self.command}")))
    }

    /// What changes is on the other server. It may be this one.
    fn touches(&self) -> Vec<Scope> {
        vec![Scope::Anything]
    }
}
