use crate::command::Command;
use crate::facts::server::BootId;
use crate::{Args, Commands, Host, Operation, Result, Shell};

/// Restart the host and wait until it is back.
///
/// It is back when it answers and says that it has been started anew; the run goes on there. It always
/// restarts: guard it with `_if` or `_only_if`.
///
/// ```rhai
/// server.reboot(#{ _only_if: "test -e /run/reboot-required", _sudo: true });
/// ```
#[derive(Debug, Args)]
#[args("server.reboot")]
#[expect(clippy::struct_field_names, reason = "its arguments have pyinfra's names")]
pub(crate) struct Reboot {
    /// Seconds until the first try to connect again.
    #[arg(default = 10_u64)]
    delay: u64,

    /// Seconds between tries.
    #[arg(default = 1_u64)]
    interval: u64,

    /// Seconds until the host must be back.
    #[arg(default = 300_u64)]
    reboot_timeout: u64,
}

/// In the background and a moment later, so that the command itself ends well.
const RESTART: &str =
    "( sleep 1; reboot || shutdown -r now || systemctl reboot ) </dev/null >/dev/null 2>&1 &";

impl Operation for Reboot {
    fn plan(&self, host: &Host<'_>) -> Result<Commands> {
        let boot = host.fact(&BootId {})?;
        let mut todo = Commands::from(Shell::raw(RESTART));
        todo.list.push(Command::Restarted {
            boot: (*boot).clone(),
            delay: self.delay,
            interval: self.interval,
            timeout: self.reboot_timeout,
        });
        todo.attribute("host", "started", "before", "anew");
        Ok(todo)
    }
}
