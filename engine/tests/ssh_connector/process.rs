//! Processes on a connection: what they say, how they end, what they leave behind.

use crate::server::{Bench, Server};
use crate::{failure, finish, run};
use infra_engine::connectors::process::{Connection as _, Exit, Process};
use infra_engine::connectors::ssh::{Client, SshConnection, Target};
use std::process::Command;
use std::time::Duration;
use tokio::io::AsyncWriteExt as _;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_opens_a_connection_that_runs_commands() {
    let bench = Bench::new();
    let server = Server::start(&bench, "");
    let client = Client::new();
    let connection = client.connect(&server.target()).await.unwrap();

    let (out, err, exit) = run(&connection, "echo out; echo err >&2; exit 7").await;
    assert_eq!((out.as_str(), err.as_str(), exit), ("out\n", "err\n", Exit::Code(7)));
    let (_, _, exit) = run(&connection, "kill -TERM $$").await;
    assert_eq!(exit, Exit::Signal("TERM".to_owned()));

    let mut process = connection.open("cat; echo done", false).await.unwrap();
    let text = "input\n".repeat(100_000);
    let mut stdin = std::mem::replace(&mut process.stdin, Box::new(tokio::io::sink()));
    let copy = text.clone();
    let writer = tokio::spawn(async move {
        stdin.write_all(copy.as_bytes()).await.unwrap();
        stdin.shutdown().await.unwrap();
    });
    let (out, _, exit) = finish(process).await;
    writer.await.unwrap();
    assert_eq!((out, exit), (format!("{text}done\n"), Exit::Code(0)));

    let process = connection.open("test -t 0 && echo terminal", true).await.unwrap();
    let (out, err, exit) = finish(process).await;
    assert_eq!((out.as_str(), err.as_str(), exit), ("terminal\r\n", "", Exit::Code(0)));
    connection.close().await;
    assert!(connection.open("true", false).await.is_err());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn dropped_processes_give_their_sessions_back() {
    let bench = Bench::new();
    let server = Server::start(&bench, "MaxSessions 3");
    let connection = Client::new().connect(&server.target()).await.unwrap();
    for _ in 0..4 {
        let mut held = Vec::new();
        for _ in 0..3 {
            held.push(open_soon(&connection, "cat").await);
        }
        let error = connection.open("true", false).await.unwrap_err();
        assert!(error.message.ends_with("refuses another session on this connection"), "{error}");
        drop(held);
    }
    // Half a start, given up before the host has answered, gives its session back too.
    for _ in 0..6 {
        let start = connection.open("cat", false);
        let _ = tokio::time::timeout(Duration::ZERO, start).await;
    }
    drop(open_soon(&connection, "cat").await);
}

/// Tries until the host has noticed what was closed.
async fn open_soon(connection: &SshConnection, command: &str) -> Process {
    for _ in 0..500 {
        if let Ok(process) = connection.open(command, false).await {
            return process;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("no session came free");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn unread_output_does_not_hold_up_the_others() {
    let bench = Bench::new();
    let server = Server::start(&bench, "");
    let connection = Client::new().connect(&server.target()).await.unwrap();
    let unread = connection.open("head -c 3000000 /dev/zero", false).await.unwrap();
    for number in 0..3 {
        let (out, _, exit) = run(&connection, &format!("echo {number}")).await;
        assert_eq!((out, exit), (format!("{number}\n"), Exit::Code(0)));
    }
    let (out, _, exit) = finish(unread).await;
    assert_eq!((out.len(), exit), (3_000_000, Exit::Code(0)));
    // A reader who is gone is not waited for at all.
    let Process { exit, .. } = connection.open("head -c 9000000 /dev/zero", false).await.unwrap();
    assert!(matches!(exit.await, Exit::Code(_) | Exit::Signal(_)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ends_that_are_no_ends_are_told_apart() {
    let bench = Bench::new();
    let server = Server::start(&bench, "AllowTcpForwarding no");
    let connection = Client::new().connect(&server.target()).await.unwrap();
    // The child keeps the output open long after the command has ended.
    let (out, _, exit) = run(&connection, "sleep 300 & echo $!").await;
    assert_eq!(exit, Exit::Code(0));
    Command::new("kill").arg(out.trim()).status().unwrap();

    let through = Target {
        name: "localhost".to_owned(),
        jump: Some(format!("127.0.0.1:{}", server.port)),
        ..server.target()
    };
    let error = failure(&Client::new(), &through).await;
    assert!(error.message.contains("does not let us through"), "{error}");

    let (_, _, exit) = run(&connection, "kill -KILL $PPID; sleep 5").await;
    assert_eq!(exit, Exit::Lost("the connection was closed".to_owned()));
    let error = connection.open("true", false).await.unwrap_err();
    assert!(error.message.contains("the connection is lost"), "{error}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_host_that_falls_silent_is_noticed() {
    let bench = Bench::new();
    let server = Server::start(&bench, "");
    bench.write("config", "ServerAliveInterval 1\nServerAliveCountMax 1\n");
    let connection = Client::new().connect(&server.target()).await.unwrap();
    let file = bench.path("pid");
    let command = format!("echo $PPID > {}; kill -STOP $PPID; sleep 1", file.display());
    let (_, _, exit) = run(&connection, &command).await;
    Command::new("kill").arg("-KILL").arg(bench.read("pid").trim()).status().unwrap();
    assert_eq!(exit, Exit::Lost("the host no longer answers".to_owned()));
}
