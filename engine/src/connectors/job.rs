//! What is sent to a host in one exchange: steps, and what became of each.

use std::path::PathBuf;
use std::time::{Duration, SystemTime};

/// What an operation's step keeps of each of its streams: 8 MiB.
pub const OPERATION_OUTPUT: usize = 8 << 20;
/// What a fact's step may print to each of its streams: 64 MiB.
pub const FACT_OUTPUT: usize = 64 << 20;

/// Steps that go out together and run one after the other.
#[derive(Clone, Debug, Default)]
pub struct Job {
    /// In the order in which they run.
    pub steps: Vec<Step>,
}

/// One command, upload or download, and when it counts as failed.
#[derive(Clone, Debug)]
pub struct Step {
    /// What is done.
    pub action: Action,
    /// Which operation it belongs to; see [`OnFailure::SkipGroup`]. 0 unless said.
    pub group: usize,
    /// What its failure means for the steps behind it. [`OnFailure::StopJob`] unless said.
    pub on_failure: OnFailure,
    /// The exit codes that are no failure. `[0]` unless said.
    pub success_codes: Vec<i32>,
    /// Environment variables, set for this step alone.
    pub env: Vec<(String, String)>,
    /// The directory it runs in; unset is where the account's session starts.
    pub chdir: Option<String>,
    /// The program that runs the script, with arguments (`bash -o pipefail`), split at white space; it is given the script
    /// as a file. Unset is the session's `sh`.
    pub shell: Option<String>,
    /// Runs even after a failure that skips everything else: for cleaning up.
    pub always: bool,
    /// How much of its output is kept. The first and last 4 MiB unless said.
    pub keep: Keep,
}

/// How much of each of a step's two streams is kept. A sink sees all of it in any case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keep {
    /// This many bytes, half from the start and half from the end, with a line between them that says how many are left out.
    HeadAndTail(usize),
    /// All of it; a step that prints more bytes than this ends the session with an error.
    UpTo(usize),
}

/// What a step does.
#[derive(Clone, Debug)]
pub enum Action {
    /// Runs shell text.
    Run {
        /// The text; the process list never shows it.
        script: String,
        /// What it reads from stdin; `/dev/null` when unset.
        stdin: Option<Content>,
        /// A program without which nothing runs and the result is [`Ended::Missing`].
        requires: Option<String>,
    },
    /// Writes a file.
    Put(Put),
    /// Prints a file's bytes on stdout.
    Get {
        /// Its path.
        path: String,
    },
}

/// A file to be written: all of it or, on any failure, nothing of it.
///
/// Owner, mode, ACL, `SELinux` context and extended attributes of a file that is replaced are kept where this does not say
/// otherwise; a new one gets the session's umask. A link is followed and stays a link.
#[derive(Clone, Debug)]
pub struct Put {
    /// What is in it.
    pub content: Content,
    /// Where it goes.
    pub path: String,
    /// Permission bits: `0o644`.
    pub mode: Option<u32>,
    /// Owner, by name or number.
    pub user: Option<String>,
    /// Group, by name or number.
    pub group: Option<String>,
    /// Where the old file, if there is one, is copied before.
    pub backup: Option<String>,
    /// A command that must succeed before the file takes its place; `%s` stands for the new file under its temporary name
    /// and must not be quoted: `visudo -cf %s`.
    pub validate: Option<String>,
    /// Time of last access, to the second.
    pub atime: Option<SystemTime>,
    /// Time of last change, to the second.
    pub mtime: Option<SystemTime>,
}

impl Put {
    /// `content` to `path`, and nothing more said about it.
    pub fn new(path: impl Into<String>, content: Content) -> Self {
        Self {
            content,
            path: path.into(),
            mode: None,
            user: None,
            group: None,
            backup: None,
            validate: None,
            atime: None,
            mtime: None,
        }
    }
}

/// Where the bytes of a file to be written, or of a command's input, come from.
#[derive(Clone, Debug)]
pub enum Content {
    /// They are here.
    Bytes(Vec<u8>),
    /// From a file on this machine, which must have `len` bytes when it is read.
    File {
        /// Where it is.
        path: PathBuf,
        /// Its length in bytes.
        len: u64,
    },
    /// From several places, one after the other.
    Pieces(Vec<Self>),
    /// What this shell text prints on the host; only for files.
    Printed(String),
}

impl Content {
    /// How many bytes are sent.
    pub fn len(&self) -> u64 {
        match self {
            Self::Bytes(bytes) => bytes.len() as u64,
            Self::File { len, .. } => *len,
            Self::Pieces(pieces) => pieces.iter().map(Self::len).sum(),
            Self::Printed(_) => 0,
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// What a failed step means for the steps behind it. Steps with [`Step::always`] run regardless.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OnFailure {
    /// None of them runs.
    #[default]
    StopJob,
    /// Those of the same group don't run.
    SkipGroup,
    /// Nothing.
    Continue,
}

/// Which of its streams a step printed to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stream {
    /// File descriptor 1.
    Stdout,
    /// File descriptor 2.
    Stderr,
}

/// How a step ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ended {
    /// With this exit code; 128 + n where signal n ended it, as every shell has it.
    Code(i32),
    /// A signal ended it, named as SSH names it. Only on a terminal; see [`Ended::Code`].
    Signal(String),
    /// It did not run: the host lacks this program.
    Missing(String),
    /// It did not run, for an earlier step's sake.
    Skipped,
    /// It was running when the job's time was over, and was killed.
    TimedOut,
    /// It was running when the connection or the session's shell ended.
    Lost,
}

/// What became of a step.
#[derive(Clone, Debug, PartialEq)]
pub struct StepResult {
    /// How it ended.
    pub ended: Ended,
    /// What it printed, byte for byte.
    pub stdout: Vec<u8>,
    /// What it complained about; empty on a terminal, where the two are one.
    pub stderr: Vec<u8>,
    /// Whether something of it was left out; see [`Keep`].
    pub truncated: bool,
    /// From the end of the step before, or of the sending, to its end, as seen from here.
    pub seconds: f64,
}

impl StepResult {
    pub(super) fn empty(ended: Ended) -> Self {
        Self { ended, stdout: Vec::new(), stderr: Vec::new(), truncated: false, seconds: 0.0 }
    }

    pub(super) fn took(mut self, time: Duration) -> Self {
        self.seconds = time.as_secs_f64();
        self
    }
}

impl Step {
    /// `action` by itself: it must return 0, else the job stops.
    pub fn new(action: Action) -> Self {
        Self {
            action,
            group: 0,
            on_failure: OnFailure::StopJob,
            success_codes: vec![0],
            env: Vec::new(),
            chdir: None,
            shell: None,
            always: false,
            keep: Keep::HeadAndTail(OPERATION_OUTPUT),
        }
    }

    /// Shell text with nothing on stdin.
    pub fn run(script: impl Into<String>) -> Self {
        Self::new(Action::Run { script: script.into(), stdin: None, requires: None })
    }

    /// What is sent with it besides its text.
    pub(super) fn content(&self) -> Option<&Content> {
        match &self.action {
            Action::Put(put) => Some(&put.content),
            Action::Run { stdin, .. } => stdin.as_ref(),
            Action::Get { .. } => None,
        }
    }

    /// The same, to be replaced by its bytes.
    pub(super) fn content_mut(&mut self) -> Option<&mut Content> {
        match &mut self.action {
            Action::Put(put) => Some(&mut put.content),
            Action::Run { stdin, .. } => stdin.as_mut(),
            Action::Get { .. } => None,
        }
    }

    /// Whether `ended` is a failure of this step.
    pub fn failed(&self, ended: &Ended) -> bool {
        match ended {
            Ended::Code(code) => !self.success_codes.contains(code),
            Ended::Skipped => false,
            Ended::Signal(_) | Ended::Missing(_) | Ended::TimedOut | Ended::Lost => true,
        }
    }
}
