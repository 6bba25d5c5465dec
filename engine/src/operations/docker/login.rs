use super::DOCKER_HUB;
use crate::command::Secret;
use crate::facts::docker::{DockerAuths, logins};
use crate::{Args, Commands, Error, Host, Operation, Result, Scope, sh};

/// Log the account in to a registry of Docker images.
///
/// Where it is logged in nothing is done, whoever it is logged in as: `force` does it anyway, as for a
/// new password. The password reaches Docker over standard input.
///
/// ```rhai
/// docker.login("ci", secret("orange-battery"), #{ server: "registry.example.net" });
/// ```
#[derive(Debug, Args)]
#[args("docker.login")]
pub(crate) struct Login {
    /// Name of the user at the registry.
    username: String,

    /// The user's password or token.
    password: Secret,

    /// The registry. Default: Docker Hub.
    server: Option<String>,

    /// Log in anyway.
    #[arg(default = false)]
    force: bool,
}

impl Operation for Login {
    fn plan(&self, host: &Host<'_>) -> Result<Commands> {
        for (name, value) in
            [("username", self.username.as_str()), ("password", self.password.reveal())]
        {
            if value.is_empty() {
                return Err(Error::usage(format!("`{name}` is empty")).argument(name));
            }
        }
        let server = self.server.as_deref().unwrap_or(DOCKER_HUB);
        let servers = host.fact(&DockerAuths {})?;
        let is_in = servers.iter().any(|it| it == server);
        if is_in && !self.force {
            return Ok(Commands::none(format!("logged in to {server} already")));
        }
        let mut todo = Commands::default();
        let line = sh!("docker login --username {self.username} --password-stdin {self.server}");
        todo.run_with_input(line, self.password.clone());
        todo.attribute(format!("docker registry {server}"), "login", "", &self.username);
        let mut after = (*servers).clone();
        if !is_in {
            after.push(server.to_owned());
        }
        todo.then(&DockerAuths {}, after);
        Ok(todo)
    }

    fn touches(&self) -> Vec<Scope> {
        vec![logins()]
    }
}
