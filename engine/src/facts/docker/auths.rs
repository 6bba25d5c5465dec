use serde_json::Value as Json;

use crate::{Args, Fact, Result, Scope, Shell, sh};

/// The registries that the account is logged in to.
///
/// ```rhai
/// if !("registry.example.net" in host.fact("docker.docker_auths")) { host.log("not logged in"); }
/// ```
#[derive(Clone, Debug, Args)]
#[args("docker.docker_auths")]
pub struct DockerAuths {}

/// The logins that accounts have.
pub(crate) fn logins() -> Scope {
    Scope::path("docker:/logins")
}

impl Fact for DockerAuths {
    type Output = Vec<String>;

    fn command(&self) -> Shell {
        sh!("cat \"${{DOCKER_CONFIG:-$HOME/.docker}}/config.json\" 2>/dev/null || true")
    }

    /// A file that is none of Docker's holds no logins.
    fn parse(&self, output: &str) -> Result<Self::Output> {
        let config: Json = serde_json::from_str(output).unwrap_or_default();
        let servers = config.get("auths").and_then(Json::as_object).into_iter().flatten();
        Ok(servers.map(|(server, _)| server.clone()).collect())
    }

    fn reads(&self) -> Vec<Scope> {
        vec![logins(), Scope::tree("/root"), Scope::tree("/home")]
    }
}
