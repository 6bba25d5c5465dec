//! Logins with keys, from files and from the agent.

use crate::server::{Agent, Bench, Server};
use crate::{failure, run};
use infra_engine::connectors::process::{Connection as _, Exit};
use infra_engine::connectors::ssh::{Client, Question, Target};
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_agent_signs_and_may_be_forwarded() {
    let bench = Bench::new();
    for name in ["other1", "other2", "other3"] {
        bench.keygen(name, &["-t", "ed25519", "-N", ""]);
    }
    bench.keygen("rsa", &["-t", "rsa", "-b", "2048", "-N", ""]);
    bench.write("authorized_keys", &(bench.read("key.pub") + bench.read("rsa.pub").as_str()));
    // Two wrong keys and the host hangs up: the named one has to come first.
    let server = Server::start(&bench, "MaxAuthTries 2");
    let agent = Agent::start(&bench, &["other1", "other2", "other3", "key", "rsa"]);
    let named = |key: &str| {
        let (socket, path) = (agent.socket.display(), bench.path(key));
        bench.write(
            "config",
            &format!("IdentityAgent {socket}\nIdentityFile {}\nForwardAgent yes\n", path.display()),
        );
        std::fs::remove_file(path).unwrap();
        Target { keys: Vec::new(), ..server.target() }
    };
    for key in ["key", "rsa"] {
        let client = Client::new();
        let connection = client.connect(&named(key)).await.unwrap();
        let (out, _, exit) = run(&connection, "ssh-add -l | wc -l").await;
        assert_eq!((out.trim(), exit), ("5", Exit::Code(0)), "{key}");
        connection.close().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_passphrase_is_asked_once_for_all_hosts() {
    let bench = Bench::new();
    bench.keygen("locked", &["-t", "ed25519", "-a", "4", "-N", "open sesame"]);
    bench.write("authorized_keys", &bench.read("locked.pub"));
    let server = Server::start(&bench, "");
    let target = Target { keys: vec![bench.path("locked")], ..server.target() };

    let asked = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&asked);
    let client = Client::asking(Arc::new(move |question: &Question| {
        assert!(matches!(question, Question::Passphrase { .. }), "{question:?}");
        let answers = ["wrong", "open sesame"];
        answers.get(counter.fetch_add(1, Ordering::Relaxed)).map(|answer| (*answer).to_owned())
    }));
    let (one, two, three) =
        tokio::join!(client.connect(&target), client.connect(&target), client.connect(&target));
    for connection in [one, two, three] {
        assert_eq!(run(&connection.unwrap(), "echo in").await.0, "in\n");
    }
    assert_eq!(asked.load(Ordering::Relaxed), 2);

    let given = Target { key_password: Some("open sesame".to_owned()), ..target.clone() };
    Client::new().connect(&given).await.unwrap();
    let wrong = Target { key_password: Some("guess".to_owned()), ..target.clone() };
    let error = failure(&Client::new(), &wrong).await;
    assert!(error.message.contains("the given passphrase does not open it"), "{error}");
    assert!(!error.message.contains("guess") && !format!("{wrong:?}").contains("guess"), "{error}");
    let error = failure(&Client::new(), &target).await;
    assert!(error.message.contains("no passphrase is given"), "{error}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refused_login_lists_what_was_tried() {
    let bench = Bench::new();
    bench.keygen("wrong", &["-t", "ed25519", "-N", ""]);
    let server = Server::start(&bench, "");
    let keys = vec![bench.path("wrong"), bench.path("missing")];
    let target = Target { keys, user: Some("nobody".to_owned()), ..server.target() };
    let error = failure(&Client::new(), &target).await;
    let (wrong, missing) = (bench.path("wrong"), bench.path("missing"));
    assert_eq!(
        error.message,
        format!(
            "127.0.0.1:{}: permission denied for nobody (it takes publickey); tried: publickey ({}); \
             not usable: {}: there is no such file",
            server.port,
            wrong.display(),
            missing.display()
        )
    );
    let nothing = Target { keys: Vec::new(), ..target };
    bench.write("config", "IdentityFile none\nIdentityAgent none\n");
    let error = failure(&Client::new(), &nothing).await;
    assert!(error.message.contains("tried: nothing"), "{error}");
}
