//! The SSH connector against real servers, started here on ports of 127.0.0.1.
//!
//! Needs `sshd`, `ssh-keygen`, `ssh-add`, `ssh-agent` and bash, and no root: every server runs as the
//! current user.

#![expect(clippy::unwrap_used, reason = "in a test a panic is the report")]

mod keys;
mod login;
mod process;
mod server;
mod trust;
mod ways;

use infra_engine::connectors::process::{ConnectError, Connection as _, Exit, Process};
use infra_engine::connectors::ssh::{Client, SshConnection, Target};
use tokio::io::AsyncReadExt as _;

/// Everything a process prints, and how it ended.
async fn finish(process: Process) -> (String, String, Exit) {
    let Process { stdin, mut stdout, mut stderr, exit } = process;
    drop(stdin);
    let (mut out, mut err) = (String::new(), String::new());
    let (read_out, read_err, exit) =
        tokio::join!(stdout.read_to_string(&mut out), stderr.read_to_string(&mut err), exit);
    read_out.unwrap();
    read_err.unwrap();
    (out, err, exit)
}

async fn run(connection: &SshConnection, command: &str) -> (String, String, Exit) {
    finish(connection.open(command, false).await.unwrap()).await
}

async fn failure(client: &Client, target: &Target) -> ConnectError {
    client.connect(target).await.unwrap_err()
}
