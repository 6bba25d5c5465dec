use crate::{Args, Fact, Result, Scope, Shell};

/// Which start of the host this is: another value after every restart.
///
/// ```rhai
/// host.log(host.fact("server.boot_id"));
/// ```
#[derive(Clone, Debug, Args)]
#[args("server.boot_id")]
pub struct BootId {}

/// Linux has an identifier for it (random(4)), the BSDs and macOS the time of the start. A container has
/// its host's identifier, so the start of its first process is added.
const COMMAND: &str = "cat /proc/sys/kernel/random/boot_id 2>/dev/null || sysctl -n kern.boottime; \
    cut -d ' ' -f 22 /proc/1/stat 2>/dev/null; true";

impl Fact for BootId {
    type Output = String;

    fn command(&self) -> Shell {
        Shell::raw(COMMAND)
    }

    fn parse(&self, output: &str) -> Result<String> {
        Ok(output.split_whitespace().collect::<Vec<_>>().join(" "))
    }

    fn reads(&self) -> Vec<Scope> {
        vec![Scope::SYSTEM]
    }
}
