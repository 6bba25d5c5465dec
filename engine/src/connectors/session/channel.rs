//! One `sh` on the host, from the command that starts it to its end.

use std::collections::VecDeque;
use std::future::pending;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};

use super::flight::{Flight, side};
use super::halt::Halter;
use super::marker::{Found, Scanner, Word};
use super::outgoing::Outgoing;
use crate::command::Secret;
use crate::connectors::job::Stream;
use crate::connectors::process::{BoxFuture, Exit, Process};

/// How long a login and a change of user may take, password delays included.
const START_LIMIT: Duration = Duration::from_mins(1);
/// How long the watcher may take to end a job: at most a second until TERM, two more until KILL.
const KILL_LIMIT: Duration = Duration::from_secs(4);
/// How long the second stream may stay open, and the exit unknown, behind the end of the first.
const END_LIMIT: Duration = Duration::from_millis(500);
const BUFFER: usize = 16 << 10;
/// What is kept of what a login prints before the session starts: for error messages.
const NOISE_LIMIT: usize = 16 << 10;

pub(super) struct Channel {
    stdin: Option<Box<dyn AsyncWrite + Send + Unpin>>,
    stdout: Box<dyn AsyncRead + Send + Unpin>,
    stderr: Box<dyn AsyncRead + Send + Unpin>,
    exit: BoxFuture<'static, Exit>,
    /// How it ended, once that is known.
    ended: Option<Exit>,
    inbox: Inbox,
    opened: Instant,
}

/// What comes from the host.
struct Inbox {
    scanners: [Scanner; 2],
    ready: [bool; 2],
    open: [bool; 2],
    noise: [VecDeque<u8>; 2],
    /// The session's `sh`, once it is there.
    process: watch::Sender<Option<u32>>,
}

/// Why an exchange is over.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Over {
    /// Every step has ended.
    Finished,
    /// The time was up; the job's processes are gone.
    TimedOut,
    /// The user wants it to end at once; the job's processes are being killed.
    Killed,
    /// A step printed more than it may.
    Overflow(usize),
    /// The file that is being sent could not be read; why.
    SourceFailed(String),
    /// The session never started.
    NeverStarted,
    /// The host's side ended; how.
    Ended(Exit),
}

impl Channel {
    pub(super) fn new(start: Process, nonce: &str) -> Self {
        Self::telling(start, nonce, watch::Sender::new(None))
    }

    /// Another `sh` in the place of this one, which is over.
    pub(super) fn restart(&mut self, start: Process, nonce: &str) {
        self.inbox.process.send_replace(None);
        *self = Self::telling(start, nonce, self.inbox.process.clone());
    }

    fn telling(start: Process, nonce: &str, process: watch::Sender<Option<u32>>) -> Self {
        let inbox = Inbox {
            scanners: [Scanner::new(nonce), Scanner::new(nonce)],
            ready: [false; 2],
            open: [true; 2],
            noise: [VecDeque::new(), VecDeque::new()],
            process,
        };
        let Process { stdin, stdout, stderr, exit } = start;
        Self {
            stdin: Some(stdin),
            stdout,
            stderr,
            exit,
            ended: None,
            inbox,
            opened: Instant::now(),
        }
    }

    /// The session's `sh`, once it is there.
    pub(super) fn process(&self) -> watch::Receiver<Option<u32>> {
        self.inbox.process.subscribe()
    }

    /// Ends the host's stdin, for which its watcher waits.
    pub(super) async fn close_stdin(&mut self) {
        if let Some(mut stdin) = self.stdin.take() {
            // The channel may be gone already; then there is nobody left to tell.
            drop(stdin.shutdown().await);
        }
    }

    /// Ends it and waits for that, as long as an idle one may take.
    pub(super) async fn end(&mut self) {
        self.close_stdin().await;
        let ended = async {
            let mut rest = [tokio::io::sink(), tokio::io::sink()];
            let [first, second] = &mut rest;
            // What still comes is nobody's.
            let _ = tokio::join!(
                tokio::io::copy(&mut self.stdout, first),
                tokio::io::copy(&mut self.stderr, second)
            );
            self.exit().await;
        };
        let _ = tokio::time::timeout(KILL_LIMIT, ended).await;
    }

    /// Whether it did not start in the time that it may take.
    pub(super) fn is_late(&self) -> bool {
        !self.inbox.is_ready() && self.opened.elapsed() >= START_LIMIT
    }

    /// What the host printed before the session started, without `secrets`.
    pub(super) fn noise(&self, stream: Stream, secrets: &[Secret]) -> String {
        let [stdout, stderr] = &self.inbox.noise;
        let noise = if stream == Stream::Stdout { stdout } else { stderr };
        let noise: Vec<u8> = noise.iter().copied().collect();
        let mut text = String::from_utf8_lossy(&noise).into_owned();
        for secret in secrets.iter().filter(|secret| !secret.reveal().is_empty()) {
            text = text.replace(secret.reveal(), "***");
        }
        text
    }

    /// Sends `outgoing` and takes in what comes until all steps of `flight` have ended, or `halter` kills them.
    /// `asked_again` tells from the noise on stderr that the host asks for a password that it has refused.
    pub(super) async fn exchange(
        &mut self,
        outgoing: &mut Outgoing,
        flight: &mut Flight<'_>,
        deadline: Option<Instant>,
        halter: &Halter,
        asked_again: &(dyn Fn(&str) -> bool + Sync),
    ) -> Over {
        tokio::select! {
            biased;
            over = self.exchange_to_its_end(outgoing, flight, deadline, asked_again) => return over,
            () = halter.killed() => {}
        }
        self.close_stdin().await;
        Over::Killed
    }

    async fn exchange_to_its_end(
        &mut self,
        outgoing: &mut Outgoing,
        flight: &mut Flight<'_>,
        deadline: Option<Instant>,
        asked_again: &(dyn Fn(&str) -> bool + Sync),
    ) -> Over {
        let mut buffers = [vec![0; BUFFER], vec![0; BUFFER]];
        let mut ending = None;
        let mut timed_out = false;
        loop {
            if flight.is_finished() && !timed_out {
                return Over::Finished;
            }
            if let Some(step) = flight.overflow() {
                self.close_stdin().await;
                return Over::Overflow(step);
            }
            let [stdout_open, stderr_open] = self.inbox.open;
            if !stdout_open && !stderr_open {
                return self.over(timed_out).await;
            }
            if (!stdout_open || !stderr_open) && ending.is_none() {
                ending = Some(Instant::now() + END_LIMIT);
            }
            let started = self.inbox.is_ready();
            let start_limit = (!started).then(|| self.opened + START_LIMIT);
            let limits =
                if timed_out { [ending, None, None] } else { [ending, deadline, start_limit] };
            let limit = limits.into_iter().flatten().min();
            let sending = self.stdin.is_some() && outgoing.is_ready(flight.finished());
            if sending && let Err(error) = outgoing.refill().await {
                self.close_stdin().await;
                return Over::SourceFailed(error.to_string());
            }
            let [out_buffer, err_buffer] = &mut buffers;
            tokio::select! {
                sent = send(outgoing, self.stdin.as_deref_mut()), if sending => {
                    if sent.is_err() {
                        self.close_stdin().await;
                    }
                }
                read = self.stdout.read(out_buffer), if stdout_open => {
                    self.inbox.take(Stream::Stdout, out_buffer.get(..read.unwrap_or(0)), flight);
                }
                read = self.stderr.read(err_buffer), if stderr_open => {
                    self.inbox.take(Stream::Stderr, err_buffer.get(..read.unwrap_or(0)), flight);
                    if !self.inbox.is_ready() && asked_again(&self.noise(Stream::Stderr, &[])) {
                        return Over::NeverStarted;
                    }
                }
                () = sleep_until_some(limit) => {
                    if timed_out || ending.is_some() {
                        return self.over(timed_out).await;
                    }
                    if !started && deadline != limit {
                        return Over::NeverStarted;
                    }
                    timed_out = true;
                    self.close_stdin().await;
                    ending = Some(Instant::now() + KILL_LIMIT);
                }
            }
        }
    }

    async fn over(&mut self, timed_out: bool) -> Over {
        if timed_out {
            return Over::TimedOut;
        }
        let exit = self.exit().await;
        // A connection that ends that early says nothing about the account. Something of the job may have run.
        match exit {
            Some(exit @ Exit::Lost(_)) => Over::Ended(exit),
            _ if !self.inbox.is_ready() => Over::NeverStarted,
            Some(exit) => Over::Ended(exit),
            None => Over::Ended(Exit::Lost("it closed its output".into())),
        }
    }

    /// How the host's side ended, if it says so soon.
    pub(super) async fn exit(&mut self) -> Option<Exit> {
        if self.ended.is_none() {
            self.ended = tokio::time::timeout(END_LIMIT, &mut self.exit).await.ok();
        }
        self.ended.clone()
    }
}

impl Inbox {
    fn is_ready(&self) -> bool {
        self.ready == [true; 2]
    }

    /// Sorts `bytes`; none is the end of the stream.
    fn take(&mut self, stream: Stream, bytes: Option<&[u8]>, flight: &mut Flight<'_>) {
        let ready = side(&mut self.ready, stream);
        let noise = side(&mut self.noise, stream);
        let found = |found: Found<'_>| match found {
            Found::Output(bytes) if *ready => flight.output(stream, bytes),
            Found::Output(bytes) => {
                noise.extend(bytes);
                noise.drain(..noise.len().saturating_sub(NOISE_LIMIT));
            }
            Found::Marker { word: Word::Ready(process), .. } => {
                *ready = true;
                self.process.send_replace(Some(process));
            }
            Found::Marker { step, word } => flight.marker(stream, step, word),
        };
        let scanner = side(&mut self.scanners, stream);
        match bytes {
            Some(bytes) if !bytes.is_empty() => scanner.feed(bytes, found),
            _ => {
                scanner.finish(found);
                *side(&mut self.open, stream) = false;
            }
        }
    }
}

async fn send(
    outgoing: &mut Outgoing,
    stdin: Option<&mut (dyn AsyncWrite + Send + Unpin + 'static)>,
) -> std::io::Result<()> {
    match stdin {
        Some(stdin) => outgoing.send(stdin).await,
        None => pending().await,
    }
}

async fn sleep_until_some(limit: Option<Instant>) {
    match limit {
        Some(limit) => sleep_until(limit).await,
        None => pending().await,
    }
}
