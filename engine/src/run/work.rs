//! What a run is asked to do.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use super::Prepared;
use super::connections::Connections;
use crate::connectors::inside::Inside;
use crate::connectors::{Reach, ssh};
use crate::error::{Error, Result, did_you_mean};
use crate::fact::AnyFact;
use crate::facts::given;
use crate::inventory::{Connector, HostEntry};
use crate::options::GlobalArgs;
use crate::place::Problem;
use crate::project::folder_of;
use crate::script::{Program, Shared, unknown_fact};
use crate::settings::Settings;
use crate::value::{Map, Value};
use crate::{facts, operations};

/// What a run is asked to do.
#[derive(Debug)]
pub enum Work {
    /// Deploy scripts in order; or one task of the last of them.
    Deploy {
        /// The scripts.
        scripts: Vec<PathBuf>,
        /// A function of the script, run instead of its top level.
        task: Option<String>,
        /// The function's arguments by name.
        arguments: Map,
    },
    /// One operation.
    Operation {
        /// Its name: `files.file`.
        name: String,
        /// Positional arguments.
        positional: Vec<Value>,
        /// Named arguments, global ones included.
        named: Map,
    },
    /// A shell command, its output passed on as it comes.
    Exec {
        /// The command.
        command: String,
    },
    /// Facts to show.
    Facts(Vec<FactRequest>),
}

/// A fact to show.
#[derive(Debug)]
pub struct FactRequest {
    /// Its name: `server.users`.
    pub name: String,
    pub(super) fact: Box<dyn AnyFact>,
    /// The global arguments that it was given.
    pub(super) globals: Map,
}

impl FactRequest {
    /// Reads a request; every mistake at once.
    pub fn new(name: &str, positional: Vec<Value>, named: Map) -> Result<Self, Vec<Error>> {
        let def = facts::find(name).ok_or_else(|| vec![unknown_fact(name)])?;
        let (globals, own) = crate::options::split(named);
        GlobalArgs::read_map(globals.clone())?;
        Ok(Self { name: def.name.to_owned(), fact: def.read(positional, own)?, globals })
    }

    pub(super) fn arguments_json(&self) -> serde_json::Map<String, serde_json::Value> {
        self.fact.arguments().iter().map(|(key, it)| (key.clone(), it.to_json())).collect()
    }
}

impl Work {
    /// Where project files are looked for: the working directory, then beside the scripts.
    pub(super) fn folders(&self) -> Vec<PathBuf> {
        let mut folders = vec![PathBuf::from(".")];
        if let Self::Deploy { scripts, .. } = self {
            folders.extend(scripts.iter().map(|script| folder_of(script)));
        }
        folders.dedup();
        folders
    }

    /// Loads scripts and looks names up.
    pub(super) fn prepare(self, shared: &Shared) -> Result<Prepared, Vec<Problem>> {
        let (program, planned) = match self {
            Self::Deploy { scripts, task, arguments } => {
                (deploy(shared, &scripts, task, arguments)?, true)
            }
            Self::Operation { name, positional, named } => {
                (operation(&name, positional, named)?, true)
            }
            Self::Exec { command } => {
                let label = Some(command.clone());
                let mut program =
                    operation("server.shell", vec![Value::Text(command)], Map::new())?;
                if let Program::Operation { label: own, .. } = &mut program {
                    *own = label;
                }
                (program, false)
            }
            Self::Facts(facts) => return Ok(Prepared::Facts(facts)),
        };
        Ok(Prepared::Program { program: Arc::new(program), planned })
    }
}

fn deploy(
    shared: &Shared,
    paths: &[PathBuf],
    task: Option<String>,
    arguments: Map,
) -> Result<Program, Vec<Problem>> {
    let mut scripts = Vec::new();
    let mut problems = Vec::new();
    for path in paths {
        match shared.sources.load(&shared.engine, path) {
            Ok(script) => scripts.push(script),
            Err(problem) => problems.push(problem),
        }
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    let Some(task) = task else { return Ok(Program::Scripts(scripts)) };
    let Some(script) = scripts.pop() else {
        return Err(vec![Problem::new(Error::usage("there is no script"))]);
    };
    Ok(Program::Task { script, task, arguments })
}

fn operation(name: &str, positional: Vec<Value>, named: Map) -> Result<Program, Vec<Problem>> {
    let Some(def) = operations::find(name) else {
        let mut error = Error::usage(format!("there is no operation `{name}`"));
        error.hint = did_you_mean(name, operations::all().map(|def| def.name))
            .or_else(|| Some("`infra doc` lists the operations".to_owned()));
        return Err(vec![Problem::new(error)]);
    };
    Ok(Program::Operation { def, positional, named, label: None })
}

/// How a host is reached, by its connector and its data.
pub(super) fn reach(
    host: &HostEntry,
    settings: &Settings,
    connections: &Connections,
) -> Result<Reach> {
    match &host.connector {
        Connector::Local => Ok(Reach::Local),
        Connector::Ssh => Ok(Reach::Ssh {
            client: Arc::clone(&connections.client),
            target: Box::new(target(host, settings)?),
            handshakes: Arc::clone(&connections.handshakes),
        }),
        Connector::Fake { facts, missing_default } => {
            let missing =
                if *missing_default { given::Missing::Default } else { given::Missing::Error };
            Ok(Reach::Fake(given::read(facts, missing)?))
        }
        Connector::Chroot(folder) => Ok(Reach::Inside(Inside::Chroot(folder.clone()))),
        Connector::Nspawn(folder) => Ok(Reach::Inside(Inside::Nspawn(folder.clone()))),
        Connector::Docker(name) => Ok(container("docker", name)),
        Connector::Podman(name) => Ok(container("podman", name)),
    }
}

fn container(program: &'static str, name: &str) -> Reach {
    Reach::Inside(Inside::Container { program, name: name.to_owned() })
}

/// What a host's data say about reaching it by SSH.
fn target(host: &HostEntry, settings: &Settings) -> Result<ssh::Target> {
    let data = Data(host);
    Ok(ssh::Target {
        hostname: data.text("ssh_hostname")?,
        port: data.number("ssh_port")?.map(u16::try_from).transpose().map_err(|_| {
            Error::usage(format!("`{}`: ssh_port must be from 1 to 65535", host.name))
        })?,
        user: data.text("ssh_user")?,
        keys: data.text("ssh_key")?.map(PathBuf::from).into_iter().collect(),
        key_password: data.text("ssh_key_password")?,
        password: data.text("ssh_password")?,
        jump: data.text("ssh_jump")?,
        forward_agent: data.truth("ssh_forward_agent")?,
        config_file: data.text("ssh_config_file")?.map(PathBuf::from),
        known_hosts_file: data.text("ssh_known_hosts_file")?.map(PathBuf::from),
        strict_host_key_checking: data.text("ssh_strict_host_key_checking")?,
        connect_timeout: Some(connect_timeout(&data, settings)?),
        ..ssh::Target::named(host.name.trim_start_matches("@ssh/"))
    })
}

fn connect_timeout(data: &Data<'_>, settings: &Settings) -> Result<Duration> {
    let own = data.number("ssh_connect_timeout")?;
    let own = own.and_then(|seconds| u64::try_from(seconds).ok()).map(Duration::from_secs);
    Ok(own.unwrap_or(settings.connect_timeout))
}

/// Typed reading of a host's data.
struct Data<'a>(&'a HostEntry);

impl Data<'_> {
    fn text(&self, name: &str) -> Result<Option<String>> {
        match self.0.data.get(name) {
            None | Some(Value::Unit) => Ok(None),
            Some(Value::Text(text) | Value::Word(text)) => Ok(Some(text.clone())),
            Some(Value::Secret(secret)) => Ok(Some(secret.reveal().to_owned())),
            Some(Value::Bool(yes)) => Ok(Some(if *yes { "yes" } else { "no" }.to_owned())),
            Some(other) => Err(self.wrong(name, "text", other)),
        }
    }

    fn number(&self, name: &str) -> Result<Option<i64>> {
        match self.0.data.get(name).cloned().map(Value::settle) {
            None | Some(Value::Unit) => Ok(None),
            Some(Value::Int(number)) => Ok(Some(number)),
            Some(Value::Text(text)) if text.parse::<i64>().is_ok() => Ok(text.parse().ok()),
            Some(other) => Err(self.wrong(name, "a whole number", &other)),
        }
    }

    fn truth(&self, name: &str) -> Result<Option<bool>> {
        match self.0.data.get(name).cloned().map(Value::settle) {
            None | Some(Value::Unit) => Ok(None),
            Some(Value::Bool(yes)) => Ok(Some(yes)),
            Some(other) => Err(self.wrong(name, "true or false", &other)),
        }
    }

    fn wrong(&self, name: &str, wanted: &str, found: &Value) -> Error {
        Error::usage(format!(
            "`{name}` of host `{}` must be {wanted}, not {}",
            self.0.name,
            found.kind()
        ))
    }
}
