use serde_json::{Value as Json, json};

use super::differences::{Difference, differences};
use super::words::words;
use super::{each, environment};
use crate::args::{Arg, Kind};
use crate::command::Secret;
use crate::facts::docker::{self, DockerContainer};
use crate::{Args, Commands, Error, Host, Operation, Result, Scope, Shell, Value, sh};

/// Create, start, stop or remove a container of Docker.
///
/// A container that is other than asked for is removed and made anew: with another image, other ports,
/// volumes, variables and so on. What is not asked for may be as it is. The content of `env_files`,
/// `extra_args`, and a newer image of the same name cannot be compared: for these, set `force`. Without
/// `image`, a container that is there is started or stopped only.
///
/// Variables with a secret in them reach Docker over standard input.
///
/// ```rhai
/// docker.container("web", #{ image: "nginx:1.27", ports: ["80:80"], restart_policy: "unless-stopped" });
/// docker.container("app", #{ image: "app:7", env_vars: ["KEY=" + secret("orange-battery")], memory: "512m" });
/// docker.container("old", #{ present: false });
/// ```
#[derive(Debug, Args)]
#[args("docker.container")]
#[expect(clippy::struct_excessive_bools, reason = "they are the arguments of a command")]
pub(crate) struct EnsureContainer {
    /// Name of the container.
    pub(super) container: String,

    /// The image that it is made of. A new container needs one.
    #[arg(default = "")]
    pub(super) image: String,

    /// Published ports: `80`, `8080:80`, `127.0.0.1:8080:80/tcp`.
    pub(super) ports: Option<Vec<String>>,

    /// Networks that it is in.
    pub(super) networks: Option<Vec<String>>,

    /// Volumes and directories of the host: `data:/var/lib/data`, `/srv:/srv:ro`.
    pub(super) volumes: Option<Vec<String>>,

    /// Environment variables: `KEY=value`.
    pub(super) env_vars: Option<Vec<String>>,

    /// Files on the host with environment variables.
    pub(super) env_files: Option<Vec<String>>,

    /// Labels: `key=value`.
    pub(super) labels: Option<Vec<String>>,

    /// Pull the image before the container is made, also if it is there.
    #[arg(default = false)]
    pub(super) pull_always: bool,

    /// Whether the container should exist.
    #[arg(default = Truth(true))]
    pub(super) present: Truth,

    /// Make the container anew in any case.
    #[arg(default = false)]
    pub(super) force: bool,

    /// Whether the container should run.
    #[arg(default = true)]
    pub(super) start: bool,

    /// When Docker starts it again: `no`, `always`, `unless-stopped`, `on-failure:3`.
    pub(super) restart_policy: Option<String>,

    /// Let Docker remove it when it stops.
    #[arg(default = false)]
    pub(super) auto_remove: bool,

    /// Mounts in the long form: `type=bind,source=/srv,target=/srv`.
    pub(super) mounts: Option<Vec<String>>,

    /// Give it all that the host may do.
    #[arg(default = false)]
    pub(super) privileged: bool,

    /// The name that it has for itself.
    pub(super) hostname: Option<String>,

    /// The program that runs instead of the image's.
    pub(super) entrypoint: Option<String>,

    /// The user that it runs as: `1000:1000`.
    pub(super) user: Option<String>,

    /// The most processors: 1.5.
    pub(super) cpus: Option<f64>,

    /// The most memory: `512m`.
    pub(super) memory: Option<String>,

    /// Further arguments of `docker container create`, each a word.
    pub(super) extra_args: Option<Vec<String>>,

    /// Name servers.
    pub(super) dns: Option<Vec<String>>,

    /// The command that runs instead of the image's, as words of a shell; no shell executes it.
    pub(super) command: Option<String>,
}

impl Operation for EnsureContainer {
    fn plan(&self, host: &Host<'_>) -> Result<Commands> {
        let name = &self.container;
        let fact = DockerContainer { object_id: name.clone() };
        let answer = host.fact(&fact)?;
        let now = answer.get(0).filter(|it| it.is_object());
        let is_running =
            now.and_then(|it| it.pointer("/State/Status")?.as_str()) == Some("running");
        let mut todo = Commands::default();
        let subject = format!("docker container {name}");
        if !self.present.0 {
            if now.is_none() {
                return Ok(Commands::none(format!("{subject} does not exist")));
            }
            todo.run(sh!("docker container rm -f {name}"));
            todo.attribute(subject, "container", "exists", "");
            todo.then(&fact, Json::Null);
            return Ok(todo);
        }
        let changes = match now {
            Some(now) if !self.image.is_empty() => differences(self, now)?,
            _ => Vec::new(),
        };
        let is_new = now.is_none() || self.force || !changes.is_empty();
        if is_new && now.is_some() {
            todo.run(sh!("docker container rm -f {name}"));
        }
        if is_new {
            self.create(&mut todo)?;
            let before = if now.is_some() { "exists" } else { "" };
            todo.attribute(&subject, "container", before, "created");
            for Difference { name, is, wanted } in changes {
                todo.attribute(&subject, name, is, wanted);
            }
        }
        match (self.start, is_running && !is_new) {
            (true, false) => {
                todo.run(sh!("docker container start {name}"));
                todo.attribute(&subject, "running", "false", "true");
            }
            (false, true) => {
                todo.run(sh!("docker container stop {name}"));
                todo.attribute(&subject, "running", "true", "false");
            }
            _ => {}
        }
        if todo.is_empty() {
            let state = if is_running { "is running" } else { "is stopped" };
            return Ok(Commands::none(format!("{subject} {state}")));
        }
        if !is_new && let Some(now) = now {
            let mut after = now.clone();
            if let Some(status) = after.pointer_mut("/State/Status") {
                *status = if self.start { "running" } else { "exited" }.into();
            }
            todo.then(&fact, json!([after]));
        }
        Ok(todo)
    }

    fn touches(&self) -> Vec<Scope> {
        vec![docker::object("container", &self.container)]
    }
}

impl EnsureContainer {
    fn create(&self, todo: &mut Commands) -> Result<()> {
        if self.image.is_empty() {
            return Err(Error::usage(format!("container `{}` needs an image", self.container))
                .argument("image"));
        }
        let mut line = sh!("docker container create --name {self.container}");
        each(&mut line, "--network", self.networks.iter().flatten());
        each(&mut line, "-p", self.ports.iter().flatten());
        each(&mut line, "-v", self.volumes.iter().flatten());
        each(&mut line, "--mount", self.mounts.iter().flatten());
        let variables = self.env_vars.iter().flatten().map(String::as_str);
        let input = environment(&mut line, variables);
        each(&mut line, "--env-file", self.env_files.iter().flatten());
        each(&mut line, "--label", self.labels.iter().flatten());
        line.flag("--pull always", self.pull_always);
        line.opt("--restart", self.restart_policy.as_ref());
        line.flag("--rm", self.auto_remove).flag("--privileged", self.privileged);
        line.opt("--hostname", self.hostname.as_ref());
        line.opt("--entrypoint", self.entrypoint.as_ref());
        line.opt("--user", self.user.as_ref());
        line.opt("--cpus", self.cpus).opt("--memory", self.memory.as_ref());
        each(&mut line, "--dns", self.dns.iter().flatten());
        let extra = Words(self.extra_args.as_deref().unwrap_or_default());
        let command = self.command.as_deref().map_or(Ok(Vec::new()), words)?;
        let line = extra.behind(line);
        let line = Words(&command).behind(sh!("{line} {self.image}"));
        match input {
            Some(input) => todo.run_with_input(line, Secret::unlisted(input)),
            None => todo.run(line),
        };
        Ok(())
    }
}

/// True or false, also in quotes: deploys that came from pyinfra have it so.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Truth(bool);

impl Arg for Truth {
    const KIND: Kind = Kind::Bool;

    fn read(value: &Value) -> Option<Self> {
        match value {
            Value::Text(text) => text.parse().ok().map(Self),
            value => bool::read(value).map(Self),
        }
    }

    fn write(&self) -> Value {
        self.0.write()
    }
}

/// Further words of a command.
struct Words<'a>(&'a [String]);

impl Words<'_> {
    fn behind(&self, line: Shell) -> Shell {
        if self.0.is_empty() {
            return line;
        }
        let words = self.0;
        sh!("{line} {words}")
    }
}
