//! Channels: one for each process, and those that lead on to other hosts.
//!
//! Every channel has a task that empties it, because russh stops reading the whole connection as
//! soon as one channel's queue is full. What a slow reader leaves lying is kept for it, up to
//! [`BUFFER`] a stream and russh's queue of a hundred packets behind that; then the connection
//! waits. That must not last: who reads nothing at all for [`STALL`] loses the process.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use russh::client::Msg;
use russh::{ChannelMsg, ChannelOpenFailure, ChannelReadHalf, ChannelWriteHalf, Sig};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWriteExt as _, DuplexStream, ReadBuf};
use tokio::sync::{mpsc, oneshot};

use super::session::Link;
use super::transport::Stream;
use crate::connectors::process::{BoxFuture, ConnectError, Exit, Process};

/// How much of a stream is kept for its reader, in bytes.
const BUFFER: usize = 1024 * 1024;
/// How much of the input is taken at once, in bytes: one packet.
const INPUT_BUFFER: usize = 32 * 1024;
/// How long a reader may leave a full buffer untouched.
const STALL: Duration = Duration::from_secs(30);
/// How long a channel may stay silent after its process has ended. Usually the host closes it at
/// once; a background child that keeps the output open would hold it forever.
const LINGER: Duration = Duration::from_secs(1);

/// The terminal that a process gets: nobody looks at it, so it is wide enough not to fold lines.
const TERMINAL: (&str, u32, u32) = ("xterm", 200, 50);

/// Keeps a process alive; the process is let go of when the last one is dropped.
type Hold = mpsc::Sender<std::convert::Infallible>;

/// Starts `command`.
///
/// The channel is opened by a task of its own: a caller who loses patience half-way leaves a
/// channel that is closed again, not one that is forgotten and counts against `MaxSessions`.
pub(super) async fn open(
    link: Arc<Link>,
    command: &str,
    pty: bool,
) -> Result<Process, ConnectError> {
    let (hold, holds) = mpsc::channel(1);
    let (started, has_started) = oneshot::channel();
    let (exit, exited) = oneshot::channel();
    let (stdin, stdin_end) = tokio::io::duplex(INPUT_BUFFER);
    let (stdout_end, stdout) = tokio::io::duplex(BUFFER);
    let (stderr_end, stderr) = tokio::io::duplex(BUFFER);
    let pump = Pump {
        link: Arc::clone(&link),
        holds,
        started: Some(started),
        exit: Some(exit),
        stdout: Some(stdout_end),
        stderr: Some(stderr_end),
        pty,
    };
    tokio::spawn(pump.run(command.to_owned(), stdin_end));
    match has_started.await {
        Ok(result) => result?,
        Err(_) => return Err(lost(&link)),
    }
    Ok(Process {
        stdin: Box::new(stdin),
        stdout: Box::new(Output { stream: stdout, _hold: hold.clone() }),
        stderr: Box::new(Output { stream: stderr, _hold: hold.clone() }),
        exit: exit_of(exited, link, hold),
    })
}

/// A way through `via` to another host.
pub(super) async fn tunnel(
    via: &Link,
    label: &str,
    host: &str,
    port: u16,
) -> Result<Box<dyn Stream>, ConnectError> {
    let opened = via.handle.channel_open_direct_tcpip(host, port.into(), "127.0.0.1", 0).await;
    match opened {
        Ok(channel) => Ok(Box::new(channel.into_stream())),
        Err(russh::Error::ChannelOpenFailure(ChannelOpenFailure::AdministrativelyProhibited)) => {
            Err(ConnectError::new(format!(
                "{label}: jump host {} does not let us through",
                via.label
            ))
            .hint("its sshd needs AllowTcpForwarding yes and a PermitOpen that covers the host"))
        }
        Err(russh::Error::ChannelOpenFailure(_)) => Err(ConnectError::new(format!(
            "{label}: jump host {} cannot connect to {host}, port {port}",
            via.label
        ))
        .hint("the name and the port are looked at from the jump host")),
        Err(_) => {
            let reason = via.reason();
            Err(ConnectError::new(format!("{label}: jump host {} is gone: {reason}", via.label)))
        }
    }
}

fn lost(link: &Link) -> ConnectError {
    ConnectError::new(format!("{}: the connection is lost: {}", link.label, link.reason()))
}

fn exit_of(
    exited: oneshot::Receiver<Exit>,
    link: Arc<Link>,
    hold: Hold,
) -> BoxFuture<'static, Exit> {
    Box::pin(async move {
        let exit = exited.await.unwrap_or_else(|_| Exit::Lost(link.reason()));
        drop(hold);
        exit
    })
}

/// A stream of output that keeps its process.
struct Output {
    stream: DuplexStream,
    _hold: Hold,
}

impl AsyncRead for Output {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

/// The task behind one process.
struct Pump {
    link: Arc<Link>,
    holds: mpsc::Receiver<std::convert::Infallible>,
    started: Option<oneshot::Sender<Result<(), ConnectError>>>,
    exit: Option<oneshot::Sender<Exit>>,
    /// Gone once nobody reads it any more.
    stdout: Option<DuplexStream>,
    stderr: Option<DuplexStream>,
    pty: bool,
}

/// Why the pump stops.
enum End {
    /// The host has closed the channel.
    Closed,
    /// The connection is gone.
    Lost,
    /// We close: nobody is interested, or the rest is not worth waiting for.
    LetGo,
    /// Nobody has read the output for too long.
    Stalled,
}

impl Pump {
    async fn run(mut self, command: String, stdin: DuplexStream) {
        let channel = match self.link.handle.channel_open_session().await {
            Ok(channel) => channel,
            Err(error) => return self.refused(&error),
        };
        let (mut read, write) = channel.split();
        if self.request(&write, command).await.is_err() {
            return;
        }
        let write = Arc::new(write);
        let input = tokio::spawn(feed(stdin, Arc::clone(&write)));
        let end = self.drain(&mut read).await;
        input.abort();
        if matches!(end, End::LetGo | End::Stalled) {
            // Whoever closes first never sees the host's close in this version of russh, so reading
            // ends here as well. The signal reaches processes that ignore the end of their input;
            // OpenSSH passes it on for accounts other than root. One that has ended gets none: it
            // could only hit what the process has left running on purpose.
            if self.exit.is_some() {
                let _ = write.signal(Sig::HUP).await;
            }
            let _ = write.close().await;
        }
        self.finish(&end);
    }

    /// Everything that can go out without waiting for an answer.
    async fn request(
        &self,
        write: &ChannelWriteHalf<Msg>,
        command: String,
    ) -> Result<(), russh::Error> {
        for (name, value) in &self.link.environment {
            write.set_env(false, name.as_str(), value.as_str()).await?;
        }
        if self.link.forwards_agent {
            write.agent_forward(false).await?;
        }
        if self.pty {
            let (terminal, columns, rows) = TERMINAL;
            write.request_pty(true, terminal, columns, rows, 0, 0, &[]).await?;
        }
        write.exec(true, command).await
    }

    async fn drain(&mut self, read: &mut ChannelReadHalf) -> End {
        // Answers come in the order of the requests: first that about the terminal, if any.
        let mut answers_before_start = usize::from(self.pty);
        let mut quiet_until = None;
        loop {
            let linger = async move {
                match quiet_until {
                    Some(instant) => tokio::time::sleep_until(instant).await,
                    None => std::future::pending().await,
                }
            };
            let message = tokio::select! {
                message = read.wait() => message,
                _ = self.holds.recv() => return End::LetGo,
                () = linger => return End::LetGo,
            };
            match message {
                None => return End::Lost,
                Some(ChannelMsg::Close) => return End::Closed,
                Some(ChannelMsg::Success) if answers_before_start > 0 => answers_before_start -= 1,
                Some(ChannelMsg::Success) => self.tell_start(Ok(())),
                Some(ChannelMsg::Failure) => {
                    let refusal = self.refusal(answers_before_start > 0);
                    self.tell_start(Err(refusal));
                    return End::LetGo;
                }
                Some(ChannelMsg::Data { data }) => {
                    if let Some(end) = deliver(&mut self.stdout, &mut self.holds, &data).await {
                        return end;
                    }
                }
                Some(ChannelMsg::ExtendedData { data, ext: 1 }) => {
                    if let Some(end) = deliver(&mut self.stderr, &mut self.holds, &data).await {
                        return end;
                    }
                }
                Some(ChannelMsg::Eof) => {
                    self.stdout = None;
                    self.stderr = None;
                }
                Some(ChannelMsg::ExitStatus { exit_status }) => {
                    self.tell_exit(Exit::Code(i32::try_from(exit_status).unwrap_or(i32::MAX)));
                }
                Some(ChannelMsg::ExitSignal { signal_name, .. }) => {
                    self.tell_exit(Exit::Signal(signal_text(signal_name)));
                }
                Some(_) => {}
            }
            if self.exit.is_none() {
                quiet_until = Some(tokio::time::Instant::now() + LINGER);
            }
        }
    }

    fn tell_start(&mut self, result: Result<(), ConnectError>) {
        if let Some(started) = self.started.take() {
            // A caller who is gone has let go of the process too.
            let _ = started.send(result);
        }
    }

    fn tell_exit(&mut self, exit: Exit) {
        if let Some(sender) = self.exit.take() {
            // Not everybody wants to know.
            let _ = sender.send(exit);
        }
    }

    fn finish(mut self, end: &End) {
        let label = &self.link.label;
        let why = match end {
            End::Closed => format!("{label}: the host closed the channel without an exit code"),
            End::Lost => self.link.reason(),
            End::LetGo => "it was let go of".to_owned(),
            End::Stalled => {
                format!("{label}: its output was not read for {} s", STALL.as_secs())
            }
        };
        let refusal = match end {
            End::Closed => ConnectError::new(why.clone()),
            _ => lost(&self.link),
        };
        self.tell_start(Err(refusal));
        self.tell_exit(Exit::Lost(why));
    }

    fn refused(mut self, error: &russh::Error) {
        let error = match error {
            russh::Error::ChannelOpenFailure(_) => {
                let error = ConnectError::new(format!(
                    "{}: the host refuses another session on this connection",
                    self.link.label
                ));
                let error = error.hint("raise MaxSessions in its sshd_config");
                ConnectError { is_full: true, ..error }
            }
            _ => lost(&self.link),
        };
        self.tell_start(Err(error));
    }

    fn refusal(&self, terminal: bool) -> ConnectError {
        let label = &self.link.label;
        if terminal {
            return ConnectError::new(format!("{label}: the host refuses a terminal"))
                .hint("its sshd needs PermitTTY yes");
        }
        ConnectError::new(format!("{label}: the host refuses to run commands"))
            .hint("the account may be limited to SFTP or to another command")
    }
}

/// Passes `data` on to its reader; a reader that is gone is not missed.
async fn deliver(
    pipe: &mut Option<DuplexStream>,
    holds: &mut mpsc::Receiver<std::convert::Infallible>,
    data: &[u8],
) -> Option<End> {
    let mut rest = data;
    while let Some(stream) = pipe
        && !rest.is_empty()
    {
        let written = tokio::select! {
            written = stream.write(rest) => written,
            _ = holds.recv() => return Some(End::LetGo),
            () = tokio::time::sleep(STALL) => return Some(End::Stalled),
        };
        match written {
            Ok(length) if length > 0 => rest = rest.get(length..).unwrap_or_default(),
            _ => *pipe = None,
        }
    }
    None
}

/// Passes the input on to the host until it ends or the channel does.
async fn feed(mut stdin: DuplexStream, write: Arc<ChannelWriteHalf<Msg>>) {
    let mut buffer = vec![0_u8; INPUT_BUFFER];
    while let Ok(length @ 1..) = stdin.read(&mut buffer).await {
        let data = buffer.get(..length).unwrap_or_default().to_vec();
        if write.data_bytes(data).await.is_err() {
            return;
        }
    }
    // The channel may be closed already.
    let _ = write.eof().await;
}

/// `TERM`, `KILL` and so on: the name without `SIG`, as SSH writes it.
fn signal_text(signal: Sig) -> String {
    match signal {
        Sig::Custom(name) => name,
        known => format!("{known:?}"),
    }
}
