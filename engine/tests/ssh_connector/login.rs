//! Logins by password and by question and answer, against a server of our own: OpenSSH would need
//! an account with a password for it.

use std::sync::{Arc, Mutex};

use crate::server::{Bench, bare_target};
use infra_engine::connectors::process::{ConnectError, Connection as _};
use infra_engine::connectors::ssh::{Client, Question, Target};
use russh::keys::{Algorithm, PrivateKey};
use russh::server::{Auth, ChannelOpenHandle, Config, Handler, Msg, Response, Session};
use russh::{Channel, ChannelId, MethodKind, MethodSet};

/// What the server wants, one after the other; `keyboard-interactive` asks for a code as well.
type Steps = &'static [MethodKind];

struct Door {
    steps: Steps,
    at: usize,
}

impl Door {
    /// The answer to a proof that was right or wrong.
    fn answer(&mut self, method: MethodKind, right: bool) -> Auth {
        let right = right && self.steps.get(self.at) == Some(&method);
        self.at += usize::from(right);
        match self.steps.get(self.at) {
            None => Auth::Accept,
            Some(next) => Auth::Reject {
                proceed_with_methods: Some(MethodSet::from([*next].as_slice())),
                partial_success: right,
            },
        }
    }
}

impl Handler for Door {
    type Error = russh::Error;

    async fn auth_password(&mut self, _: &str, password: &str) -> Result<Auth, Self::Error> {
        Ok(self.answer(MethodKind::Password, password == "s3cr3t"))
    }

    async fn auth_publickey(
        &mut self,
        _: &str,
        _: russh::server::VerifiedPublicKey<'_>,
    ) -> Result<Auth, Self::Error> {
        Ok(self.answer(MethodKind::PublicKey, true))
    }

    async fn auth_keyboard_interactive<'a>(
        &'a mut self,
        _: &str,
        _: &str,
        response: Option<Response<'a>>,
    ) -> Result<Auth, Self::Error> {
        let Some(response) = response else {
            return Ok(Auth::Partial {
                name: "".into(),
                instructions: "Welcome".into(),
                prompts: vec![("Password: ".into(), false)].into(),
            });
        };
        let answers: Vec<_> = response.collect();
        let right = answers.iter().any(|answer| answer.as_ref() == b"s3cr3t");
        Ok(self.answer(MethodKind::KeyboardInteractive, right))
    }

    async fn channel_open_session(
        &mut self,
        _: Channel<Msg>,
        reply: ChannelOpenHandle,
        _: &mut Session,
    ) -> Result<(), Self::Error> {
        reply.accept().await;
        Ok(())
    }

    async fn exec_request(
        &mut self,
        channel: ChannelId,
        _: &[u8],
        session: &mut Session,
    ) -> Result<(), Self::Error> {
        session.channel_failure(channel)
    }
}

/// A server that wants these proofs; its port.
async fn serve(bench: &Bench, steps: Steps) -> u16 {
    let key = bench.keygen("host", &["-t", "ed25519", "-N", ""]);
    let key: PrivateKey = russh::keys::load_secret_key(key, None).unwrap();
    assert_eq!(key.algorithm(), Algorithm::Ed25519);
    let first = steps.first().copied().unwrap_or(MethodKind::None);
    let config = Arc::new(Config {
        keys: vec![key],
        methods: MethodSet::from([first].as_slice()),
        auth_rejection_time: std::time::Duration::ZERO,
        ..Config::default()
    });
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let config = Arc::clone(&config);
            tokio::spawn(async move {
                let door = Door { steps, at: 0 };
                russh::server::run_stream(config, stream, door).await.unwrap().await
            });
        }
    });
    port
}

/// Logs in and lets the server refuse a command; the error of whichever fails first.
async fn attempt(client: &Client, target: &Target) -> ConnectError {
    let connection = match client.connect(target).await {
        Ok(connection) => connection,
        Err(error) => return error,
    };
    connection.open("true", false).await.unwrap_err()
}

fn is_in(error: &ConnectError) -> bool {
    error.message.ends_with("the host refuses to run commands")
}

const BOTH: Steps = &[MethodKind::PublicKey, MethodKind::Password];
const THREE: Steps =
    &[MethodKind::Password, MethodKind::PublicKey, MethodKind::KeyboardInteractive];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_way_in_is_found() {
    for steps in [&[MethodKind::Password], &[MethodKind::KeyboardInteractive], BOTH, THREE] {
        let bench = Bench::new();
        let port = serve(&bench, steps).await;
        let target = Target {
            port: Some(port),
            keys: vec![bench.path("key")],
            password: Some("s3cr3t".to_owned()),
            ..bare_target(&bench.folder)
        };
        let error = attempt(&Client::new(), &target).await;
        assert!(is_in(&error), "{steps:?}: {error}");

        let wrong = Target { password: Some("hunter2".to_owned()), ..target };
        let error = attempt(&Client::new(), &wrong).await;
        assert!(error.message.contains("permission denied"), "{steps:?}: {error}");
        assert!(!error.message.contains("hunter2"), "{steps:?}: {error}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_user_is_asked_for_what_is_missing() {
    let bench = Bench::new();
    bench.write("config", "IdentityFile none\nIdentityAgent none\n");
    for steps in [&[MethodKind::Password], &[MethodKind::KeyboardInteractive]] {
        let port = serve(&Bench::new(), steps).await;
        let target = Target {
            port: Some(port),
            user: Some("ops".to_owned()),
            strict_host_key_checking: Some("ask".to_owned()),
            ..bare_target(&bench.folder)
        };
        let asked = Arc::new(Mutex::new(Vec::new()));
        let heard = Arc::clone(&asked);
        let client = Client::asking(Arc::new(move |question: &Question| {
            heard.lock().unwrap().push(question.clone());
            let is_host_key = matches!(question, Question::HostKey { .. });
            Some(if is_host_key { "yes" } else { "s3cr3t" }.to_owned())
        }));
        let error = attempt(&client, &target).await;
        assert!(is_in(&error), "{steps:?}: {error}");
        let host = format!("127.0.0.1:{port}");
        let questions = asked.lock().unwrap().clone();
        let [Question::HostKey { host: shown, .. }, question] = questions.as_slice() else {
            panic!("{questions:?}")
        };
        assert_eq!(*shown, host);
        let expected = match steps {
            [MethodKind::Password] => Question::Password { user: "ops".to_owned(), host },
            _ => Question::Prompt {
                host,
                instructions: "Welcome".to_owned(),
                prompt: "Password: ".to_owned(),
                echo: false,
            },
        };
        assert_eq!(*question, expected);
    }
}
