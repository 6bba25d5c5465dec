use crate::{Args, Fact, Result, Shell, sh};

/// Whether a command succeeds. It must not change anything: it also runs to make a plan.
///
/// ```rhai
/// if !host.fact("server.succeeds", "systemctl is-active --quiet nginx") { host.log("nginx is down"); }
/// ```
#[derive(Clone, Debug, Args)]
#[args("server.succeeds")]
pub struct Succeeds {
    /// The command.
    pub command: String,
}

impl Fact for Succeeds {
    type Output = bool;

    fn command(&self) -> Shell {
        sh!("if ( eval {self.command} ) >/dev/null 2>&1; then echo yes; else echo no; fi")
    }

    fn parse(&self, output: &str) -> Result<bool> {
        Ok(output.trim() == "yes")
    }
}
