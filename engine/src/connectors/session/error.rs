//! Why a session could not be had, or did not finish a job.

use std::fmt;
use std::time::Duration;

use crate::connectors::job::StepResult;
use crate::connectors::process::ConnectError;

/// Why a session could not be had, or did not finish a job. After any of these the session is dead; open another one.
#[derive(Clone, Debug, PartialEq)]
pub enum SessionError {
    /// The connection gave no channel.
    Connect(ConnectError),
    /// The host did not let us become the account, or its login shell started no `sh`.
    Refused {
        /// A lower-case sentence that names account, method and cause, in the host's own words where it had any.
        message: String,
        /// What the reader can do about it.
        hint: Option<String>,
    },
    /// The connection, or the session's shell, ended during a job.
    Lost {
        /// A lower-case sentence that says how it ended.
        message: String,
    },
    /// The job took longer than it may, and its processes were killed.
    TimedOut {
        /// How long it was allowed to take.
        limit: Duration,
    },
    /// What ran was killed, as the user wanted.
    Killed,
    /// A step printed more than [`Keep::UpTo`](crate::connectors::job::Keep::UpTo) allows, and was killed.
    TooMuchOutput {
        /// Its place in the job.
        step: usize,
        /// What it may print to each stream, in bytes.
        limit: usize,
    },
    /// A step cannot be written as shell text: a NUL character, an impossible variable name. Nothing was sent.
    Invalid {
        /// Its place in the job.
        step: usize,
        /// A lower-case sentence that names the thing.
        message: String,
    },
}

impl SessionError {
    /// What the reader can do about it.
    pub fn hint(&self) -> Option<&str> {
        match self {
            Self::Connect(error) => error.hint.as_deref(),
            Self::Refused { hint, .. } => hint.as_deref(),
            Self::Lost { .. } | Self::Killed | Self::Invalid { .. } => None,
            Self::TimedOut { .. } => Some("give it a longer `_timeout`"),
            Self::TooMuchOutput { .. } => Some("let the command print less, or write to a file"),
        }
    }
}

impl fmt::Display for SessionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Connect(error) => error.fmt(f),
            Self::Refused { message, .. }
            | Self::Lost { message }
            | Self::Invalid { message, .. } => f.write_str(message),
            Self::TimedOut { limit } => {
                write!(f, "timed out after {} s; its processes were killed", limit.as_secs_f64())
            }
            Self::Killed => f.write_str("interrupted"),
            Self::TooMuchOutput { limit, .. } => {
                write!(f, "printed more than {limit} bytes")
            }
        }
    }
}

impl std::error::Error for SessionError {}

/// A job that did not come to its end.
#[derive(Clone, Debug, PartialEq)]
pub struct Unfinished {
    /// Why it did not.
    pub error: SessionError,
    /// What became of its steps until then, in order; empty where none was sent. One that ran when the job was killed counts
    /// as skipped.
    pub results: Vec<StepResult>,
}

impl From<SessionError> for Unfinished {
    fn from(error: SessionError) -> Self {
        Self { error, results: Vec::new() }
    }
}

impl From<ConnectError> for SessionError {
    fn from(error: ConnectError) -> Self {
        Self::Connect(error)
    }
}
