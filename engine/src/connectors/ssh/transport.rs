//! The byte stream below SSH: TCP, a channel of a jump host, or a `ProxyCommand`.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::process::{Child, Command};
use tokio::sync::{Notify, oneshot};
use tokio::task::JoinSet;

use super::route::Family;

/// Anything that SSH can be spoken over.
pub(super) trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<S: AsyncRead + AsyncWrite + Send + Unpin> Stream for S {}

/// How long one address is given before the next is tried as well. Source: RFC 8305, section 5.
const HEAD_START: Duration = Duration::from_millis(250);

/// How long the last words of a proxy command are waited for.
const COMPLAINT: Duration = Duration::from_millis(500);

/// How far a connection has come, for the error should it stop there.
#[derive(Debug, Default)]
pub(super) struct Progress {
    steps: Mutex<Steps>,
    /// Rung when a proxy command has nothing more to say.
    complained: Notify,
}

#[derive(Debug, Default)]
struct Steps {
    phase: Phase,
    /// The first bytes that the other side has sent.
    greeting: Vec<u8>,
    /// What a proxy command has complained about.
    complaint: String,
}

/// The stages of a connection.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Phase {
    /// Looking the name up.
    #[default]
    Resolving,
    /// Waiting for TCP, or for the jump host to do the same.
    Connecting,
    /// Waiting for `SSH-2.0-…`.
    Banner,
    /// Agreeing on keys, which includes the check of the host key.
    KeyExchange,
    /// Showing who we are.
    Authentication,
}

impl Phase {
    /// What was going on, to be put after "timed out after 10 s".
    pub(super) fn describe(self) -> &'static str {
        match self {
            Self::Resolving => "while its name was looked up",
            Self::Connecting => "while connecting",
            Self::Banner => "waiting for its SSH banner",
            Self::KeyExchange => "during the key exchange",
            Self::Authentication => "during authentication",
        }
    }
}

impl Progress {
    /// Where the connection is now.
    pub(super) fn phase(&self) -> Phase {
        self.steps().phase
    }

    /// Notes that the connection has come this far.
    pub(super) fn reached(&self, phase: Phase) {
        self.steps().phase = phase;
    }

    /// The first line of the other side, for a side that does not speak SSH.
    pub(super) fn greeting(&self) -> String {
        let steps = self.steps();
        let text = String::from_utf8_lossy(&steps.greeting).into_owned();
        let line = text.lines().next().unwrap_or_default();
        line.chars().filter(|letter| !letter.is_control()).take(80).collect()
    }

    /// The last line that a proxy command has complained with, which may come just after its end.
    pub(super) async fn complaint(&self) -> String {
        // One that leaves its errors open to somebody else has complained enough.
        let _ = tokio::time::timeout(COMPLAINT, self.complained.notified()).await;
        self.steps().complaint.trim().lines().last().unwrap_or_default().to_owned()
    }

    fn steps(&self) -> std::sync::MutexGuard<'_, Steps> {
        self.steps.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn received(&self, bytes: &[u8]) {
        let mut steps = self.steps();
        if steps.phase != Phase::Banner {
            return;
        }
        let room = 1024_usize.saturating_sub(steps.greeting.len());
        steps.greeting.extend(bytes.iter().take(room));
        let spoken = String::from_utf8_lossy(&steps.greeting).into_owned();
        if spoken.lines().any(|line| line.starts_with("SSH-")) {
            steps.phase = Phase::KeyExchange;
        }
    }
}

/// A stream that reports its progress and can be cut from outside.
///
/// Russh reads from a task of its own, which ends with the stream and not with the caller's
/// patience: a host that stalls during the key exchange would keep task and socket forever.
pub(super) struct Watched {
    inner: Box<dyn Stream>,
    progress: Arc<Progress>,
    /// Gone when the connection has come up; an error when it has been given up.
    cut: Option<oneshot::Receiver<()>>,
}

impl Watched {
    /// The stream lives as long as the sender, or for good once that has sent.
    pub(super) fn new(
        inner: Box<dyn Stream>,
        progress: Arc<Progress>,
    ) -> (Self, oneshot::Sender<()>) {
        let (keep, cut) = oneshot::channel();
        (Self { inner, progress, cut: Some(cut) }, keep)
    }
}

impl AsyncRead for Watched {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if let Some(cut) = &mut self.cut {
            match Pin::new(cut).poll(context) {
                Poll::Ready(Err(_)) => {
                    return Poll::Ready(Err(io::ErrorKind::ConnectionAborted.into()));
                }
                Poll::Ready(Ok(())) => self.cut = None,
                Poll::Pending => {}
            }
        }
        let before = buffer.filled().len();
        let result = ready!(Pin::new(&mut self.inner).poll_read(context, buffer));
        if self.cut.is_some() {
            self.progress.received(buffer.filled().get(before..).unwrap_or_default());
        }
        Poll::Ready(result)
    }
}

impl AsyncWrite for Watched {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.inner).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(context)
    }
}

/// A TCP stream that acknowledges at once.
///
/// The server's Nagle algorithm holds its next packet back until the last one is acknowledged, and
/// Linux delays that by 40 ms. The option is forgotten by the kernel, hence again after each read.
struct Prompt(TcpStream);

impl AsyncRead for Prompt {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let result = Pin::new(&mut self.0).poll_read(context, buffer);
        #[cfg(any(target_os = "linux", target_os = "android"))]
        if result.is_ready() {
            // Only speed is at stake.
            let _ = socket2::SockRef::from(&self.0).set_tcp_quickack(true);
        }
        result
    }
}

impl AsyncWrite for Prompt {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(context)
    }
}

/// Why there is no stream.
#[derive(Debug)]
pub(super) enum DialError {
    /// The name means nothing; why.
    Name(String),
    /// The address does not answer.
    Io(io::Error),
}

/// Looks the name up and connects; several addresses race, each with a head start over the next.
pub(super) async fn dial(
    host: &str,
    port: u16,
    family: Family,
    progress: &Progress,
) -> Result<Box<dyn Stream>, DialError> {
    progress.reached(Phase::Resolving);
    let found = tokio::net::lookup_host((host, port)).await;
    let found = found.map_err(|error| DialError::Name(error.to_string()))?;
    let mut addresses: Vec<SocketAddr> = found.filter(|address| allowed(family, address)).collect();
    addresses.dedup();
    if addresses.is_empty() {
        return Err(DialError::Name("no address of the wanted family".to_owned()));
    }
    progress.reached(Phase::Connecting);
    let stream = race(addresses).await.map_err(DialError::Io)?;
    // Only speed is at stake.
    let _ = stream.set_nodelay(true);
    Ok(Box::new(Prompt(stream)))
}

fn allowed(family: Family, address: &SocketAddr) -> bool {
    match family {
        Family::Any => true,
        Family::Four => address.is_ipv4(),
        Family::Six => address.is_ipv6(),
    }
}

async fn race(addresses: Vec<SocketAddr>) -> io::Result<TcpStream> {
    let mut waiting = addresses.into_iter();
    let mut running = JoinSet::new();
    let mut failure = io::Error::from(io::ErrorKind::AddrNotAvailable);
    running.spawn(connect(waiting.next()));
    loop {
        let more = waiting.len() > 0;
        tokio::select! {
            finished = running.join_next() => match finished {
                Some(Ok(Ok(stream))) => return Ok(stream),
                Some(Ok(Err(error))) => failure = error,
                Some(Err(error)) => failure = io::Error::other(error),
                None if more => {}
                None => return Err(failure),
            },
            () = tokio::time::sleep(HEAD_START), if more => {}
        }
        if more {
            running.spawn(connect(waiting.next()));
        }
    }
}

async fn connect(address: Option<SocketAddr>) -> io::Result<TcpStream> {
    match address {
        Some(address) => TcpStream::connect(address).await,
        None => Err(io::ErrorKind::AddrNotAvailable.into()),
    }
}

/// A program whose input and output are the stream; it is ended with it.
pub(super) fn run_proxy(command: &str, progress: &Arc<Progress>) -> io::Result<Box<dyn Stream>> {
    progress.reached(Phase::Connecting);
    let mut child = Command::new("/bin/sh")
        .args(["-c", &format!("exec {command}")])
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .kill_on_drop(true)
        .spawn()?;
    let missing = || io::Error::other("its pipes are missing");
    let stdin = child.stdin.take().ok_or_else(missing)?;
    let stdout = child.stdout.take().ok_or_else(missing)?;
    if let Some(stderr) = child.stderr.take() {
        tokio::spawn(collect_complaints(stderr, Arc::clone(progress)));
    }
    Ok(Box::new(Proxy { pipes: tokio::io::join(stdout, stdin), _child: child }))
}

async fn collect_complaints(mut stderr: tokio::process::ChildStderr, progress: Arc<Progress>) {
    let mut bytes = [0_u8; 1024];
    while let Ok(length @ 1..) = stderr.read(&mut bytes).await {
        let mut steps = progress.steps();
        if steps.complaint.len() < 4096 {
            let text = String::from_utf8_lossy(bytes.get(..length).unwrap_or_default());
            steps.complaint.push_str(&text);
        }
    }
    progress.complained.notify_one();
}

struct Proxy {
    pipes: tokio::io::Join<tokio::process::ChildStdout, tokio::process::ChildStdin>,
    _child: Child,
}

impl AsyncRead for Proxy {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.pipes).poll_read(context, buffer)
    }
}

impl AsyncWrite for Proxy {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.pipes).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.pipes).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.pipes).poll_shutdown(context)
    }
}
