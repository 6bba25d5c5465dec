//! Podman, as its client tells of itself.

use serde_json::Value as Json;

use crate::fact::{FactDef, unreadable};
use crate::{Args, Fact, Result, Shell, sh};

pub(super) const FACTS: &[FactDef] =
    &[FactDef::of::<PodmanPs>(), FactDef::of::<PodmanSystemInfo>()];

/// All containers of Podman, also those that do not run, as `podman ps` tells them.
///
/// ```rhai
/// for container in host.fact("podman.podman_ps") { host.log(`${container.Names[0]}: ${container.State}`); }
/// ```
#[derive(Clone, Debug, Args)]
#[args("podman.podman_ps")]
pub struct PodmanPs {}

impl Fact for PodmanPs {
    type Output = Vec<Json>;

    fn command(&self) -> Shell {
        sh!("podman ps --format=json --all")
    }

    fn parse(&self, output: &str) -> Result<Self::Output> {
        serde_json::from_str(output).map_err(|_| unreadable(self, output))
    }

    fn requires(&self) -> Option<&'static str> {
        Some("podman")
    }
}

/// What Podman tells of itself: host, storage, registries and version.
///
/// ```rhai
/// let podman = host.fact("podman.podman_system_info");
/// ```
#[derive(Clone, Debug, Args)]
#[args("podman.podman_system_info")]
pub struct PodmanSystemInfo {}

impl Fact for PodmanSystemInfo {
    type Output = serde_json::Map<String, Json>;

    fn command(&self) -> Shell {
        sh!("podman system info --format=json")
    }

    fn parse(&self, output: &str) -> Result<Self::Output> {
        serde_json::from_str(output).map_err(|_| unreadable(self, output))
    }

    fn requires(&self) -> Option<&'static str> {
        Some("podman")
    }
}
