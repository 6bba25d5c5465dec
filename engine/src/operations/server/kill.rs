use crate::args::Scalar;
use crate::{Args, Commands, Error, Host, Operation, Result, sh};

/// Send a signal to a process.
///
/// It is sent every time; where there is no such process, the operation fails.
///
/// ```rhai
/// server.kill(1234);
/// server.kill(1234, "HUP");
/// server.kill(1234, 9);
/// ```
#[derive(Debug, Args)]
#[args("server.kill")]
pub(crate) struct Kill {
    /// Id of the process.
    pid: i64,

    /// The signal: its name without `SIG`, or its number.
    #[arg(default = "TERM")]
    signal: Scalar,
}

impl Operation for Kill {
    fn plan(&self, _host: &Host<'_>) -> Result<Commands> {
        if self.pid < 1 {
            return Err(Error::usage(format!("{} is no process", self.pid))
                .hint("the ids of processes begin with 1; what is below means groups of them")
                .argument("pid"));
        }
        let signal = format!("-{}", self.signal);
        Ok(sh!("kill {signal} {self.pid}").into())
    }
}
