use crate::{Args, Commands, Host, Operation, Result, Scope, sh};

/// Wait until runit has taken over a service; runit looks for new ones every five seconds.
///
/// ```rhai
/// runit.wait_runsv("nginx", #{ timeout: 20 });
/// ```
#[derive(Debug, Args)]
#[args("runit.wait_runsv")]
pub(crate) struct WaitRunsv {
    /// Name of the service.
    service: String,

    /// The directory of managed services.
    #[arg(default = "/var/service")]
    svdir: String,

    /// Seconds to wait before the operation fails.
    #[arg(default = 10_u32)]
    timeout: u32,
}

impl Operation for WaitRunsv {
    fn plan(&self, _host: &Host<'_>) -> Result<Commands> {
        Ok(Commands::from(sh!(
            "tries=0; until SVDIR={self.svdir} sv status {self.service} >/dev/null; do \
            tries=$((tries + 1)); [ \"$tries\" -lt {self.timeout} ] || exit 1; sleep 1; done"
        )))
    }

    fn touches(&self) -> Vec<Scope> {
        vec![Scope::SERVICES]
    }
}

impl WaitRunsv {
    /// The wait for a service.
    pub(super) fn of(service: &str, svdir: &str) -> Self {
        Self { service: service.to_owned(), svdir: svdir.to_owned(), timeout: 10 }
    }
}
