use indexmap::IndexMap;

use super::environment;
use crate::args::{OneOrMany, Scalar};
use crate::command::Secret;
use crate::value::Value;
use crate::{Args, Commands, Error, Host, Operation, Result, Shell, sh};

/// Execute a command in a running container of Docker, every time.
///
/// Text is a line for the container's shell; a list is a command and its arguments. Variables with a
/// secret in them reach Docker over standard input.
///
/// ```rhai
/// docker.container_exec("app", "./manage.py migrate 2>&1 | tee /var/log/migrate.log");
/// docker.container_exec("app", ["touch", "/srv/ready"], #{ user: "app", workdir: "/srv" });
/// ```
#[derive(Debug, Args)]
#[args("docker.container_exec")]
pub(crate) struct ExecuteIn {
    /// Name or id of the container.
    container: String,

    /// The command.
    command: Value,

    /// The user that it runs as.
    user: Option<String>,

    /// The directory that it runs in.
    workdir: Option<String>,

    /// Environment variables.
    env: Option<IndexMap<String, Scalar>>,

    /// Do not wait for its end.
    #[arg(default = false)]
    detach: bool,

    /// Give it all that the host may do.
    #[arg(default = false)]
    privileged: bool,

    /// Run it on a terminal.
    #[arg(default = false)]
    tty: bool,
}

impl Operation for ExecuteIn {
    fn plan(&self, _host: &Host<'_>) -> Result<Commands> {
        if self.container.is_empty() {
            return Err(Error::usage("the container's name is empty").argument("container"));
        }
        let words = self.words()?;
        let mut line = Shell::raw("docker exec");
        line.flag("--detach", self.detach).flag("--privileged", self.privileged);
        line.flag("--tty", self.tty).opt("--user", self.user.as_ref());
        line.opt("--workdir", self.workdir.as_ref());
        let variables: Vec<String> =
            self.env.iter().flatten().map(|(name, it)| format!("{name}={it}")).collect();
        let input = environment(&mut line, variables.iter().map(String::as_str));
        let line = sh!("{line} {self.container} {words}");
        let mut todo = Commands::default();
        match input {
            Some(input) => todo.run_with_input(line, Secret::unlisted(input)),
            None => todo.run(line),
        };
        Ok(todo)
    }
}

impl ExecuteIn {
    fn words(&self) -> Result<Vec<String>> {
        let given = <OneOrMany<String> as crate::args::Arg>::read(&self.command);
        match (&self.command, given) {
            (Value::List(_), Some(words)) if !words.is_empty() => Ok(words.0),
            (Value::Text(line), _) if !line.is_empty() => {
                Ok(["sh", "-c", line].map(str::to_owned).to_vec())
            }
            _ => Err(Error::usage("`command` takes text, or a list of words").argument("command")),
        }
    }
}
