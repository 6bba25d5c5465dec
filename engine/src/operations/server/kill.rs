use crate::{Args, Commands, Host, Operation, Result, sh};

/// Send a signal to a process.
///
/// It is sent every time; where there is no such process, the operation fails.
///
/// ```rhai
/// server.kill(1234);
/// server.kill(1234, "HUP");
/// ```
#[derive(Debug, Args)]
#[args("server.kill")]
pub(crate) struct Kill {
    /// Id of the process.
    pid: i64,

    /// The signal, without `SIG`.
    #[arg(default = "TERM")]
    signal: String,
}

impl Operation for Kill {
    fn plan(&self, _host: &Host<'_>) -> Result<Commands> {
        let signal = format!("-{}", self.signal);
        Ok(sh!("kill {signal} {self.pid}").into())
    }
}
