use crate::command::Commands;
use crate::{Args, Host, Operation, Result, Scope, sh};

/// Wait until something listens on a TCP port of the host.
///
/// It looks every second, without an end unless `_timeout` sets one.
///
/// ```rhai
/// server.wait(8080, #{ _timeout: 60 });
/// ```
#[derive(Debug, Args)]
#[args("server.wait")]
pub(crate) struct Wait {
    /// The port.
    port: u16,
}

impl Operation for Wait {
    /// Linux lists its sockets in `/proc` (`proc_pid_net(5)`: state 0A is LISTEN), whatever programs are
    /// installed; elsewhere `netstat` writes the port after a point or a colon.
    fn plan(&self, _host: &Host<'_>) -> Result<Commands> {
        let port = self.port;
        let listed = format!("^ *[0-9]*: [0-9A-F]*:{port:04X} [0-9A-F:]* 0A ");
        let printed = format!("[.:]{port} .*LISTEN");
        let mut todo = Commands::from(sh!("until if [ -r /proc/net/tcp ]; \
            then cat /proc/net/tcp /proc/net/tcp6 2>/dev/null | grep -q {listed}; \
            else netstat -an | grep -q {printed}; fi; \
            do echo 'waiting for port '{port}; sleep 1; done"));
        // To wait changes nothing.
        todo.changed = Some(|_| false);
        Ok(todo)
    }

    /// What starts to listen is a service that has started.
    fn touches(&self) -> Vec<Scope> {
        vec![Scope::SERVICES]
    }
}
