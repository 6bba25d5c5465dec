use serde::{Deserialize, Serialize};

use crate::{Args, Fact, Result, Scope, Shell};

/// Whether `SELinux` is at work: `mode` is `"enabled"` or `"disabled"`, `()` where the host has none.
///
/// ```rhai
/// if host.fact("server.selinux").mode == "enabled" { server.shell("setsebool -P httpd_can_network_connect on"); }
/// ```
#[derive(Clone, Debug, Args)]
#[args("server.selinux")]
pub struct Selinux {}

/// The state of `SELinux`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SelinuxState {
    /// `enabled` or `disabled`.
    pub mode: Option<String>,
}

impl Fact for Selinux {
    type Output = SelinuxState;

    fn command(&self) -> Shell {
        Shell::raw("sestatus")
    }

    fn parse(&self, output: &str) -> Result<Self::Output> {
        let status = output.lines().find_map(|line| line.strip_prefix("SELinux status:"));
        let mode = status.and_then(|it| it.split_whitespace().next()).map(str::to_owned);
        Ok(SelinuxState { mode })
    }

    fn requires(&self) -> Option<&'static str> {
        Some("sestatus")
    }

    fn reads(&self) -> Vec<Scope> {
        vec![Scope::SYSTEM]
    }
}
