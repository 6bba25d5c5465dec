//! Directories and containers of this machine as hosts: `@chroot`, `@nspawn`, `@docker`, `@podman`. Their
//! command-line programs start what runs there; the sessions are the same as everywhere.

use std::path::Path;

use tokio::process::Command;

use super::local;
use super::process::{BoxFuture, ConnectError, Connection, Process};

/// Where commands run, and the program that brings them there.
#[derive(Clone, Debug)]
pub enum Inside {
    /// A directory, by `chroot`.
    Chroot(String),
    /// A directory, by `systemd-nspawn`.
    Nspawn(String),
    /// A running container, by `docker` or `podman`.
    Container {
        /// The program.
        program: &'static str,
        /// The container's name or number.
        name: String,
    },
}

impl Inside {
    /// Looks whether there is something to run commands in.
    pub(crate) async fn connect(&self) -> Result<Self, ConnectError> {
        match self {
            Self::Chroot(folder) | Self::Nspawn(folder) => {
                if !Path::new(folder).is_dir() {
                    return Err(ConnectError::new(format!("there is no directory `{folder}`"))
                        .hint("it holds the root of a system, with a `sh` in it"));
                }
            }
            Self::Container { program, name } => is_running(program, name).await?,
        }
        Ok(self.clone())
    }

    /// The program and its arguments, up to the command that it is to run.
    fn words(&self, pty: bool) -> Vec<String> {
        let words = |all: &[&str]| all.iter().map(|it| (*it).to_owned()).collect();
        match self {
            Self::Chroot(folder) => words(&["chroot", folder]),
            Self::Nspawn(folder) => {
                let console = if pty { "--console=interactive" } else { "--console=pipe" };
                let quiet = ["systemd-nspawn", "--quiet", "--register=no", "--keep-unit"];
                let rest = ["--as-pid2", console, "--directory", folder, "--"];
                words(&[&quiet[..], &rest[..]].concat())
            }
            Self::Container { program, name } => {
                let terminal = if pty { "-it" } else { "-i" };
                words(&[program, "exec", terminal, name])
            }
        }
    }
}

impl Connection for Inside {
    fn open<'a>(
        &'a self,
        command: &'a str,
        pty: bool,
    ) -> BoxFuture<'a, Result<Process, ConnectError>> {
        Box::pin(async move {
            let mut words = self.words(pty);
            words.extend(["sh", "-c", command].map(str::to_owned));
            if pty {
                let line: Vec<String> = words.iter().map(|it| crate::command::quote(it)).collect();
                return local::start_on_terminal(&line.join(" "));
            }
            let (program, arguments) = words
                .split_first()
                .ok_or_else(|| ConnectError::new("there is no program to start"))?;
            let mut process = Command::new(program);
            // Several sessions share one directory.
            process.args(arguments).env("SYSTEMD_NSPAWN_LOCK", "0");
            local::start(&mut process).map_err(|error| not_started(program, &error))
        })
    }

    fn close(&self) -> BoxFuture<'_, ()> {
        Box::pin(async {})
    }
}

fn not_started(program: &str, error: &ConnectError) -> ConnectError {
    ConnectError::new(format!("cannot start `{program}`: {}", error.message)).hint(format!(
        "it must be installed on this machine, and `{program}` needs root or its group"
    ))
}

/// Whether there is a container of that name that runs.
async fn is_running(program: &str, name: &str) -> Result<(), ConnectError> {
    let found = Command::new(program)
        .args(["container", "inspect", "--format", "{{.State.Running}}", name])
        .output()
        .await
        .map_err(|error| not_started(program, &ConnectError::new(error.to_string())))?;
    let said = String::from_utf8_lossy(&found.stdout).trim().to_owned();
    if found.status.success() && said == "true" {
        return Ok(());
    }
    let error = String::from_utf8_lossy(&found.stderr).trim().to_owned();
    let why = match (found.status.success(), error.is_empty()) {
        (true, _) => "it does not run".to_owned(),
        (false, true) => format!("there is no container `{name}`"),
        (false, false) => error,
    };
    Err(ConnectError::new(format!("{program} container `{name}`: {why}")).hint(format!(
        "to start one of an image: {program} run -d --name NAME {name} sleep infinity"
    )))
}
