//! Whom the connector believes: host keys and certificates.

use crate::failure;
use crate::server::{Bench, Server};
use infra_engine::connectors::ssh::{Client, Target};
use std::process::Command;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn host_keys_are_learnt_once_and_changes_refused() {
    let bench = Bench::new();
    let server = Server::start(&bench, "");
    let strict =
        |how: &str| Target { strict_host_key_checking: Some(how.to_owned()), ..server.target() };
    let error = failure(&Client::new(), &strict("yes")).await;
    assert!(error.message.contains("host key SHA256:"), "{error}");
    assert!(error.message.ends_with("is not known"), "{error}");
    assert_eq!(bench.read("known_hosts"), "");

    bench.write("known_hosts", "# a comment without an end");
    let (client, target) = (Client::new(), server.target());
    let (one, two, three) =
        tokio::join!(client.connect(&target), client.connect(&target), client.connect(&target));
    assert!(one.is_ok() && two.is_ok() && three.is_ok());
    let public = std::fs::read_to_string(server.host_key.with_extension("pub")).unwrap();
    let blob = public.split(' ').nth(1).unwrap();
    assert_eq!(
        bench.read("known_hosts"),
        format!("# a comment without an end\n[127.0.0.1]:{} ssh-ed25519 {blob}\n", server.port)
    );
    Client::new().connect(&strict("yes")).await.unwrap();

    let learnt = bench.read("known_hosts");
    bench.write("known_hosts", &format!("@revoked * ssh-ed25519 {blob}\n{learnt}"));
    let error = failure(&Client::new(), &strict("no")).await;
    assert!(error.message.contains("is revoked by"), "{error}");

    let other = bench.read("key.pub");
    let name = format!("[127.0.0.1]:{}", server.port);
    bench.write("known_hosts", &format!("# here\n{name} {other}"));
    let error = failure(&Client::new(), &server.target()).await;
    assert!(error.message.contains("has changed"), "{error}");
    assert_eq!(error.message.matches("SHA256:").count(), 2, "{error}");
    assert!(error.message.contains("known_hosts, line 2,"), "{error}");
    Client::new().connect(&strict("no")).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn certificates_are_taken_from_both_sides() {
    let bench = Bench::new();
    let authority = bench.keygen("ca", &["-t", "ed25519", "-N", ""]);
    let authority = authority.to_str().unwrap();
    let user = Command::new("id").arg("-un").output().unwrap().stdout;
    let user = String::from_utf8(user).unwrap().trim().to_owned();
    for (name, kind) in [("signed", "ed25519"), ("signed-rsa", "rsa")] {
        bench.keygen(name, &["-t", kind, "-N", ""]);
        let public = bench.path(&format!("{name}.pub"));
        let sign = ["-s", authority, "-I", name, "-n", &user, public.to_str().unwrap()];
        assert!(Command::new("ssh-keygen").arg("-q").args(sign).status().unwrap().success());
    }
    let trusted = format!("TrustedUserCAKeys {authority}.pub");
    for name in ["signed", "signed-rsa"] {
        let server = Server::start(&bench, &trusted);
        let target = Target { keys: vec![bench.path(name)], ..server.target() };
        Client::new().connect(&target).await.unwrap();
    }

    let server = Server::start(&bench, "");
    let sign = |principal: &str| {
        let public = server.host_key.with_extension("pub");
        let sign = ["-s", authority, "-I", "host", "-h", "-n", principal, public.to_str().unwrap()];
        assert!(Command::new("ssh-keygen").arg("-q").args(sign).status().unwrap().success());
        let certificate = format!("{}-cert.pub", server.host_key.display());
        Server::start(
            &bench,
            &format!("HostKey {}\nHostCertificate {certificate}", server.host_key.display()),
        )
    };
    let public = bench.read("ca.pub");
    bench.write("known_hosts", &format!("@cert-authority [127.*]:* {public}"));
    let strict = |server: &Server| Target {
        strict_host_key_checking: Some("yes".to_owned()),
        ..server.target()
    };
    let right = sign("127.0.0.1");
    Client::new().connect(&strict(&right)).await.unwrap();
    let wrong = sign("elsewhere");
    let error = failure(&Client::new(), &strict(&wrong)).await;
    assert!(error.message.ends_with("is for other hosts"), "{error}");
}
