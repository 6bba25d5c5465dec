//! This machine as a host: no login, no network, the same sessions.

use std::process::{ExitStatus, Stdio};

use tokio::process::{Child, Command};

use super::process::{BoxFuture, ConnectError, Connection, Exit, Process};

/// Runs commands on this machine as the user who runs `infra`.
///
/// Each command is given to `sh` in a process group of its own, as sshd does it. A session's watcher kills that group when the
/// process's stdin is dropped.
#[derive(Clone, Copy, Debug, Default)]
pub struct LocalConnection;

impl Connection for LocalConnection {
    fn open<'a>(
        &'a self,
        command: &'a str,
        pty: bool,
    ) -> BoxFuture<'a, Result<Process, ConnectError>> {
        Box::pin(async move {
            if pty {
                return start_on_terminal(command);
            }
            let mut sh = Command::new("sh");
            start(sh.args(["-c", command])).map_err(|error| {
                ConnectError::new(format!("cannot start sh on this machine: {}", error.message))
            })
        })
    }

    fn close(&self) -> BoxFuture<'_, ()> {
        Box::pin(async {})
    }
}

/// Starts a program on this machine, in a process group of its own.
pub(super) fn start(command: &mut Command) -> Result<Process, ConnectError> {
    process(spawn(command).map_err(|error| ConnectError::new(error.to_string()))?)
}

/// `script` gives the command a terminal. Its end, by kill, closes the terminal, which ends what runs there.
pub(super) fn start_on_terminal(command: &str) -> Result<Process, ConnectError> {
    let mut script = Command::new("script");
    script
        .args(["-q", "-e", "-c", command, "/dev/null"])
        .env("SHELL", "/bin/sh")
        .kill_on_drop(true);
    let child = spawn(&mut script).map_err(|error| {
        ConnectError::new(format!("cannot get a terminal on this machine: script: {error}"))
            .hint("install `script` (Debian: bsdutils, Fedora: util-linux-script)")
    })?;
    process(child)
}

fn spawn(command: &mut Command) -> std::io::Result<Child> {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command.process_group(0).spawn()
}

fn process(mut child: Child) -> Result<Process, ConnectError> {
    let streams = (child.stdin.take(), child.stdout.take(), child.stderr.take());
    let (Some(stdin), Some(stdout), Some(stderr)) = streams else {
        return Err(ConnectError::new("a process on this machine has no streams"));
    };
    let exit = Box::pin(async move {
        match child.wait().await {
            Ok(status) => exit(status),
            Err(error) => Exit::Lost(error.to_string()),
        }
    });
    Ok(Process { stdin: Box::new(stdin), stdout: Box::new(stdout), stderr: Box::new(stderr), exit })
}

fn exit(status: ExitStatus) -> Exit {
    use std::os::unix::process::ExitStatusExt;

    if let Some(code) = status.code() {
        return Exit::Code(code);
    }
    let number = status.signal().unwrap_or_default();
    let name = match number {
        1 => "HUP",
        2 => "INT",
        3 => "QUIT",
        6 => "ABRT",
        9 => "KILL",
        11 => "SEGV",
        13 => "PIPE",
        15 => "TERM",
        _ => return Exit::Signal(number.to_string()),
    };
    Exit::Signal(name.into())
}
