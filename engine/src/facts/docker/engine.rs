//! Docker itself.

use serde_json::Value as Json;

use super::{everything, json, reads};
use crate::{Args, Fact, Result, Scope, Shell, sh};

/// What Docker tells of itself: version, storage, number of containers and so on.
///
/// ```rhai
/// let docker = host.fact("docker.docker_system_info");
/// ```
#[derive(Clone, Debug, Args)]
#[args("docker.docker_system_info")]
pub struct DockerSystemInfo {}

impl Fact for DockerSystemInfo {
    type Output = Json;

    fn command(&self) -> Shell {
        sh!("docker system info --format '{{{{json .}}}}'")
    }

    fn parse(&self, output: &str) -> Result<Self::Output> {
        json(self, output)
    }

    fn requires(&self) -> Option<&'static str> {
        Some("docker")
    }

    fn reads(&self) -> Vec<Scope> {
        reads(everything())
    }
}

/// The version of Docker's client: `Docker version 29.3.1, build c2be9ccfc3`; empty without one.
///
/// ```rhai
/// host.log(host.fact("docker.docker_version"));
/// ```
#[derive(Clone, Debug, Args)]
#[args("docker.docker_version")]
pub struct DockerVersion {}

impl Fact for DockerVersion {
    type Output = String;

    fn command(&self) -> Shell {
        sh!("docker --version")
    }

    fn parse(&self, output: &str) -> Result<Self::Output> {
        Ok(output.replace('\n', ""))
    }

    fn requires(&self) -> Option<&'static str> {
        Some("docker")
    }

    fn reads(&self) -> Vec<Scope> {
        vec![Scope::PACKAGES]
    }
}
