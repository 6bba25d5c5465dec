//! What every connector offers: start a process on the host and talk to it.

use std::fmt;
use std::future::Future;
use std::pin::Pin;

use tokio::io::{AsyncRead, AsyncWrite};

/// A future that can be kept in a trait object.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// A process started on a host. Dropping it closes its streams and its channel.
pub struct Process {
    /// What is written here reaches the process; dropping it or shutting it down is end of file.
    pub stdin: Box<dyn AsyncWrite + Send + Unpin>,
    /// What the process prints.
    pub stdout: Box<dyn AsyncRead + Send + Unpin>,
    /// What the process complains about; empty when it runs on a terminal.
    pub stderr: Box<dyn AsyncRead + Send + Unpin>,
    /// How it ended; ready once the process has ended or the connection is lost.
    pub exit: BoxFuture<'static, Exit>,
}

impl fmt::Debug for Process {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Process").finish_non_exhaustive()
    }
}

/// How a process ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Exit {
    /// It returned this code.
    Code(i32),
    /// A signal ended it, named as SSH names it: `TERM`, `KILL`.
    Signal(String),
    /// The connection ended first; why, in words.
    Lost(String),
}

/// Why a host could not be reached, or no longer answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConnectError {
    /// A lower-case sentence that names host, port and cause.
    pub message: String,
    /// What the reader can do about it.
    pub hint: Option<String>,
    /// Whether the host only allows no more processes at once than there are.
    pub is_full: bool,
}

impl ConnectError {
    /// An error without advice.
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), hint: None, is_full: false }
    }

    /// The same error with advice.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

impl fmt::Display for ConnectError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for ConnectError {}

/// One open way to one host.
pub trait Connection: Send + Sync + fmt::Debug {
    /// Starts `command`, given to the login shell of the account (as `ssh host command` does);
    /// on a terminal when `pty` is set.
    fn open<'a>(
        &'a self,
        command: &'a str,
        pty: bool,
    ) -> BoxFuture<'a, Result<Process, ConnectError>>;

    /// Whether it still stands, as far as that is known here.
    fn is_alive(&self) -> bool {
        true
    }

    /// Whether the host may end what still runs when the connection ends, whatever it runs for.
    fn takes_along(&self) -> bool {
        true
    }

    /// Ends the connection in an orderly way.
    fn close(&self) -> BoxFuture<'_, ()>;
}
