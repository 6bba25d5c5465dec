use super::DOCKER_HUB;
use crate::facts::docker::{DockerAuths, logins};
use crate::{Args, Commands, Host, Operation, Result, Scope, sh};

/// Log the account out of a registry of Docker images.
///
/// ```rhai
/// docker.logout("registry.example.net");
/// ```
#[derive(Debug, Args)]
#[args("docker.logout")]
pub(crate) struct Logout {
    /// The registry. Default: Docker Hub.
    server: Option<String>,
}

impl Operation for Logout {
    fn plan(&self, host: &Host<'_>) -> Result<Commands> {
        let server = self.server.as_deref().unwrap_or(DOCKER_HUB);
        let servers = host.fact(&DockerAuths {})?;
        if !servers.iter().any(|it| it == server) {
            return Ok(Commands::none(format!("not logged in to {server}")));
        }
        let mut todo = Commands::from(sh!("docker logout {self.server}"));
        todo.attribute(format!("docker registry {server}"), "login", "exists", "");
        let others = servers.iter().filter(|it| *it != server).cloned();
        todo.then(&DockerAuths {}, others.collect());
        Ok(todo)
    }

    fn touches(&self) -> Vec<Scope> {
        vec![logins()]
    }
}
