//! Hosts that are not there: an SSH server that lets everybody in and runs commands with this machine's `sh`.
//!
//! It is a process of its own, so that its work is not counted as that of what is measured.

use std::process::Stdio;
use std::sync::Arc;

use russh::keys::PrivateKey;
use russh::keys::ssh_key::private::{Ed25519Keypair, KeypairData};
use russh::server::{
    Auth, ChannelOpenHandle, Config, Handler, Msg, Session, VerifiedPublicKey, run_stream,
};
use russh::{Channel, ChannelId};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio::process::{ChildStdin, Command};

use crate::Outcome;
use crate::measure::say;

/// Serves until it is killed. Its first line on standard output is the port.
pub(crate) fn run() -> Outcome {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    runtime.block_on(async {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        say(&listener.local_addr()?.port().to_string());
        let config =
            Arc::new(Config { keys: vec![host_key()?], nodelay: true, ..Config::default() });
        loop {
            let (stream, _) = listener.accept().await?;
            let config = Arc::clone(&config);
            tokio::spawn(async move {
                // A client that hangs up half-way is not missed.
                if let Ok(session) = run_stream(config, stream, Host::default()).await {
                    let _ = session.await;
                }
            });
        }
    })
}

/// Always the same key: nothing here is secret.
fn host_key() -> Result<PrivateKey, russh::keys::ssh_key::Error> {
    PrivateKey::new(KeypairData::Ed25519(Ed25519Keypair::from_seed(&[7; 32])), "fleet")
}

/// One connection, which is one host.
#[derive(Default)]
struct Host {
    channel: Option<Channel<Msg>>,
}

impl Handler for Host {
    type Error = russh::Error;

    async fn auth_publickey(
        &mut self,
        _: &str,
        _: VerifiedPublicKey<'_>,
    ) -> Result<Auth, Self::Error> {
        Ok(Auth::Accept)
    }

    async fn channel_open_session(
        &mut self,
        channel: Channel<Msg>,
        reply: ChannelOpenHandle,
        _: &mut Session,
    ) -> Result<(), Self::Error> {
        self.channel = Some(channel);
        reply.accept().await;
        Ok(())
    }

    async fn exec_request(
        &mut self,
        id: ChannelId,
        command: &[u8],
        session: &mut Session,
    ) -> Result<(), Self::Error> {
        let Some(channel) = self.channel.take() else { return session.channel_failure(id) };
        let command = String::from_utf8_lossy(command).into_owned();
        session.channel_success(id)?;
        tokio::spawn(serve(channel, command));
        Ok(())
    }
}

/// Runs a command and is its terminal line: input, output, complaints, exit code.
async fn serve(mut channel: Channel<Msg>, command: String) {
    let child = Command::new("sh")
        .args(["-c", &command])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0)
        .spawn();
    let Ok(mut child) = child else { return };
    let (Some(stdin), Some(stdout), Some(stderr)) =
        (child.stdin.take(), child.stdout.take(), child.stderr.take())
    else {
        return;
    };
    let mut to_client = channel.make_writer();
    let mut to_client_too = channel.make_writer_ext(Some(1));
    let output = tokio::spawn(async move { pass_on(stdout, &mut to_client).await });
    let complaints = tokio::spawn(async move { pass_on(stderr, &mut to_client_too).await });
    let mut stdin = Some(stdin);
    let code = loop {
        tokio::select! {
            status = child.wait() => break status.ok().and_then(|it| it.code()),
            message = channel.wait() => match message {
                Some(russh::ChannelMsg::Data { data }) => take_in(&mut stdin, &data).await,
                Some(russh::ChannelMsg::Eof) => stdin = None,
                Some(_) => {}
                None => return,
            },
        }
    };
    // Both end with the process; a client that is gone does not mind.
    let _ = output.await;
    let _ = complaints.await;
    let _ = channel.exit_status(code.and_then(|it| u32::try_from(it).ok()).unwrap_or(255)).await;
    let _ = channel.close().await;
}

async fn take_in(stdin: &mut Option<ChildStdin>, data: &[u8]) {
    if let Some(open) = stdin
        && open.write_all(data).await.is_err()
    {
        *stdin = None;
    }
}

async fn pass_on(
    mut from: impl tokio::io::AsyncRead + Unpin,
    to: &mut (impl tokio::io::AsyncWrite + Unpin),
) {
    let mut buffer = vec![0_u8; 8192];
    while let Ok(length @ 1..) = from.read(&mut buffer).await {
        let piece = buffer.get(..length).unwrap_or_default();
        if to.write_all(piece).await.is_err() || to.flush().await.is_err() {
            return;
        }
    }
}
