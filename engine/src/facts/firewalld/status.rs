use serde::{Deserialize, Serialize};

use crate::{Args, Fact, Result, Scope, Shell, sh};

/// Whether firewalld runs, and which zone is meant where none is named: `running` and `default_zone`.
///
/// Without firewalld, `default_zone` is empty.
///
/// ```rhai
/// if !host.fact("firewalld.status").running { host.log("nothing is filtered"); }
/// ```
#[derive(Clone, Debug, Args)]
#[args("firewalld.status")]
pub struct Status {}

/// The state of firewalld.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct StatusInfo {
    /// Whether it runs.
    pub running: bool,
    /// The zone that is meant where none is named.
    pub default_zone: String,
}

impl Fact for Status {
    type Output = StatusInfo;

    fn command(&self) -> Shell {
        sh!(
            "if firewall-cmd --state >/dev/null 2>&1; then echo running; firewall-cmd --get-default-zone; \
            else echo stopped; firewall-offline-cmd --get-default-zone; fi"
        )
    }

    fn parse(&self, output: &str) -> Result<StatusInfo> {
        let mut lines = output.lines();
        let running = lines.next() == Some("running");
        let default_zone = lines.next().unwrap_or_default().trim().to_owned();
        Ok(StatusInfo { running, default_zone })
    }

    fn requires(&self) -> Option<&'static str> {
        Some("firewall-cmd")
    }

    fn reads(&self) -> Vec<Scope> {
        super::reads()
    }
}
