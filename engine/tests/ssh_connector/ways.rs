//! Ways to a host, and what is said when there is none.

use crate::server::{Bench, Server, bare_target, free_port};
use crate::{failure, run};
use infra_engine::connectors::process::Connection as _;
use infra_engine::connectors::ssh::{Client, Target};
use std::io::Read as _;
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hosts_behind_two_jump_hosts_share_them() {
    let bench = Bench::new();
    let (first, second, last) =
        (Server::start(&bench, ""), Server::start(&bench, ""), Server::start(&bench, ""));
    bench.write(
        "config",
        &format!(
            "Host first\n HostName 127.0.0.1\n Port {}\nHost second\n HostName 127.0.0.1\n Port {}\n\
             Host inner*\n HostName 127.0.0.1\n Port {}\n ProxyJump first,second\n\
             Host *\n IdentityFile {}\n",
            first.port,
            second.port,
            last.port,
            bench.path("key").display()
        ),
    );
    let client = Client::new();
    let connections = (0..5).map(|number| {
        let (client, target) = (client.clone(), bare_target(&bench.folder));
        tokio::spawn(async move {
            let target = Target { name: format!("inner{number}"), ..target };
            client.connect(&target).await.unwrap()
        })
    });
    let mut open = Vec::new();
    for connection in connections.collect::<Vec<_>>() {
        let connection = connection.await.unwrap();
        assert_eq!(run(&connection, "echo in").await.0, "in\n");
        open.push(connection);
    }
    assert_eq!((first.logins(), second.logins(), last.logins()), (1, 1, 5));
    for connection in open {
        connection.close().await;
    }
    // The last one has taken the jump hosts with it.
    let again = Target { name: "inner9".to_owned(), ..bare_target(&bench.folder) };
    client.connect(&again).await.unwrap().close().await;
    assert_eq!((first.logins(), second.logins()), (2, 2));

    drop(second);
    let error = failure(&client, &again).await;
    assert!(error.message.contains("its jump host failed: second"), "{error}");
    assert!(error.message.contains("jump host first (127.0.0.1:"), "{error}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_proxy_command_is_a_way_in() {
    let bench = Bench::new();
    let server = Server::start(&bench, "");
    bench.write(
        "config",
        "Host way\n HostName 127.0.0.1\n ProxyCommand bash -c 'exec 3<>/dev/tcp/%h/%p; cat <&3 & cat >&3'\n\
         Host none\n ProxyCommand sh -c 'echo no way >&2; exit 1'\n",
    );
    let way = Target { name: "way".to_owned(), ..server.target() };
    let connection = Client::new().connect(&way).await.unwrap();
    assert_eq!(run(&connection, "echo in").await.0, "in\n");
    connection.close().await;
    let none = Target { name: "none".to_owned(), ..server.target() };
    let error = failure(&Client::new(), &none).await;
    assert!(error.message.ends_with("its ProxyCommand failed: no way"), "{error}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_host_that_stalls_is_given_up_and_let_go() {
    let bench = Bench::new();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let stalled = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        stream.write_all(b"SSH-2.0-stalled\r\n").await.unwrap();
        let mut said = Vec::new();
        // Ends when the client lets go of its socket.
        stream.read_to_end(&mut said).await.map(|_| said)
    });
    let target = Target {
        port: Some(port),
        connect_timeout: Some(Duration::from_secs(1)),
        ..bare_target(&bench.folder)
    };
    let error = failure(&Client::new(), &target).await;
    assert_eq!(
        error.message,
        format!("127.0.0.1:{port}: timed out after 1 s during the key exchange")
    );
    let said = stalled.await.unwrap();
    assert!(said.is_err() || said.unwrap().starts_with(b"SSH-2.0-infra_"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hosts_that_cannot_be_reached_say_why() {
    let bench = Bench::new();
    let port = free_port();
    let closed = Target { port: Some(port), ..bare_target(&bench.folder) };
    let error = failure(&Client::new(), &closed).await;
    assert_eq!(error.message, format!("127.0.0.1:{port}: connection refused"));

    let nowhere = Target { hostname: Some("no.such.name.invalid".to_owned()), ..closed.clone() };
    let error = failure(&Client::new(), &nowhere).await;
    assert!(error.message.contains("the name no.such.name.invalid does not resolve"), "{error}");

    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await.unwrap();
            let mut said = [0; 64];
            let _ = stream.read(&mut said).await;
        }
    });
    let web = Target { port: Some(port), ..bare_target(&bench.folder) };
    let error = failure(&Client::new(), &web).await;
    assert!(error.message.contains("HTTP/1.1 400 Bad Request"), "{error}");

    let missing = Target { config_file: Some(bench.path("none-such")), ..web };
    let error = failure(&Client::new(), &missing).await;
    assert!(error.message.starts_with("cannot read ssh config"), "{error}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_busy_server_is_tried_again() {
    let bench = Bench::new();
    let server = Server::start(&bench, "MaxStartups 2:100:2\nLogLevel VERBOSE");
    // Two who never log in take all the places. Whoever came before them may not have left yet.
    let mut idle = Vec::new();
    while idle.len() < 2 {
        let mut stream = std::net::TcpStream::connect(("127.0.0.1", server.port)).unwrap();
        let mut banner = [0; 8];
        if stream.read_exact(&mut banner).is_ok() && &banner == b"SSH-2.0-" {
            idle.push(stream);
        }
    }
    let refusals = || server.log().matches("drop connection").count();
    let before = refusals();
    let (client, target) = (Client::new(), server.target());
    let connecting = tokio::spawn(async move { client.connect(&target).await });
    while refusals() == before && !connecting.is_finished() {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert!(refusals() > before, "{}", server.log());
    drop(idle);
    connecting.await.unwrap().unwrap();
}
