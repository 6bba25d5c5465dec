//! What a run tells while it goes: one record per host and operation. The live display, plain lines,
//! JSON, `JUnit`, HTML and the exit code are renderings of these. All text in them is scrubbed.

mod hidden;

use std::sync::Arc;

use indexmap::IndexMap;

use crate::command::Diff;
use crate::error::ErrorKind;
use crate::place::{Place, Problem};

/// Something that happened.
#[derive(Clone, Debug)]
pub enum Event {
    /// The run begins, on these hosts in inventory order.
    Start {
        /// Names of the hosts.
        hosts: Vec<String>,
        /// Whether only the plan is made.
        dry: bool,
    },
    /// A host answers.
    Connected {
        /// Its name.
        host: String,
        /// Seconds that it took.
        seconds: f64,
    },
    /// A host does not answer, or no longer.
    Unreachable {
        /// Its name.
        host: String,
        /// Why, and the way out.
        problem: Problem,
    },
    /// The plan is made; `Planned` records in the order in which they will run, host by host.
    Plan(Plan),
    /// An operation is about to run on these hosts.
    OperationStart {
        /// Which operation.
        subject: Arc<Subject>,
        /// The hosts that run it now.
        hosts: Vec<String>,
    },
    /// A host has begun an operation of those that were sent to it together. Their results come when all have ended.
    Running {
        /// Which operation.
        subject: Arc<Subject>,
        /// Where.
        host: String,
        /// How many of them are before it.
        before: usize,
    },
    /// An operation is still on, told again from time to time while it lasts.
    Waiting {
        /// Which operation.
        subject: Arc<Subject>,
        /// Where.
        host: String,
        /// Seconds since it began.
        seconds: f64,
        /// The last line that it printed, without secrets and control characters; empty where there is none.
        line: String,
    },
    /// A host is done with an operation.
    Result(Record),
    /// All hosts are done with an operation.
    OperationEnd {
        /// Which operation.
        subject: Arc<Subject>,
    },
    /// An operation failed and is tried again.
    Retry {
        /// Which operation.
        subject: Arc<Subject>,
        /// Where.
        host: String,
        /// Which try comes next, from 2.
        attempt: u32,
        /// How many there are at most.
        attempts: u32,
        /// Seconds until then.
        delay: f64,
        /// What went wrong.
        error: String,
    },
    /// A command on a host printed something, for `-vvv` and for `exec`.
    Output {
        /// The host.
        host: String,
        /// Whether it is standard error.
        stderr: bool,
        /// What it printed, not yet split into lines.
        bytes: Vec<u8>,
    },
    /// A command is sent to a host, for `-vv`.
    Command {
        /// The host.
        host: String,
        /// The command, secrets hidden.
        line: String,
    },
    /// A fact was asked, for `-v`.
    Fact {
        /// The host.
        host: String,
        /// The fact with its arguments.
        fact: String,
    },
    /// The value of a fact, where facts were what was asked for.
    FactValue {
        /// The fact.
        fact: String,
        /// Its arguments.
        arguments: serde_json::Map<String, serde_json::Value>,
        /// The host.
        host: String,
        /// The value, or why there is none.
        value: std::result::Result<serde_json::Value, Problem>,
    },
    /// A host answered a question; only for listeners that want that.
    Answer {
        /// The host.
        host: String,
        /// The fact.
        fact: String,
        /// Its arguments, as `@fake` takes them.
        key: String,
        /// The answer.
        value: serde_json::Value,
    },
    /// The script says something: `host.log`, `print`, `console.print`.
    Message {
        /// The host; `None` for the whole run.
        host: Option<String>,
        /// The text.
        text: String,
        /// Whether it is a warning.
        warning: bool,
    },
    /// A host has come to the end of its scripts.
    HostEnd {
        /// Its name.
        host: String,
    },
    /// A mistake that ends the script on a host, or the whole run where there is no host.
    Problem(Problem),
    /// The run is over.
    Summary(Summary),
}

/// One call of an operation in the script, whatever the host.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Subject {
    /// Its label: `name`, else the operation and its first argument; deploy blocks before it, with ` | `.
    pub label: String,
    /// The operation: `server.user`.
    pub operation: String,
    /// Where it stands in the script.
    pub place: Place,
}

/// What a run will do.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    /// The hosts that it is made for, also those on which the scripts call no operation.
    pub hosts: Vec<String>,
    /// One record per operation and host, in run order.
    pub records: Vec<Planned>,
    /// Hosts whose plan stops early, and why: they will [fail](Self::failing) there, or what follows is known only in
    /// the run.
    pub open: Vec<(String, Problem)>,
    /// Where hosts will end early if a value says so that is not known yet.
    pub stops: Vec<Stop>,
    /// What the plan of each host was made from; empty where nobody wants to compare it later.
    pub bases: IndexMap<String, Basis>,
}

impl Plan {
    /// Hosts that will fail as they are now, and why.
    pub fn failing(&self) -> impl Iterator<Item = &(String, Problem)> {
        self.open.iter().filter(|(_, it)| it.error.kind == ErrorKind::Failed)
    }
}

/// Where the script ends with an error if a value says so that is not known yet.
#[derive(Clone, Debug)]
pub struct Stop {
    /// The host.
    pub host: String,
    /// The error, and where it is.
    pub problem: Problem,
    /// What the value waits for: "unknown until `…` has run".
    pub why: Arc<str>,
}

/// What the plan of one host was made from and came to, as sums: a saved plan is applied only where both are
/// still the same.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Basis {
    /// The facts that were asked, with the sums of their values.
    pub facts: IndexMap<String, String>,
    /// The operations in order, with the sums of what they would do.
    pub operations: Vec<(String, String)>,
}

/// What one operation will do on one host.
#[derive(Clone, Debug)]
pub struct Planned {
    /// Which operation.
    pub subject: Arc<Subject>,
    /// Where.
    pub host: String,
    /// Whether it will change the host.
    pub change: Change,
    /// The commands, secrets hidden.
    pub commands: Vec<String>,
    /// What will change.
    pub diff: Vec<Diff>,
    /// Why nothing will change, why it is not known, or why it will fail.
    pub note: Option<String>,
    /// Whether one host runs it for all.
    pub once: bool,
    /// The sum of all that it would do, where plans are compared.
    pub sum: Option<String>,
}

/// Whether an operation will change a host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// It will.
    Change,
    /// The host is as it should be.
    None,
    /// It depends on what earlier operations will do.
    Unknown,
    /// It will fail as the host is now.
    Fail,
    /// A condition or a guard says that it does not run.
    Skip,
}

/// What one operation did on one host.
#[derive(Clone, Debug)]
pub struct Record {
    /// Which operation.
    pub subject: Arc<Subject>,
    /// Where.
    pub host: String,
    /// How it ended.
    pub status: Status,
    /// The commands that were sent, secrets hidden.
    pub commands: Vec<String>,
    /// What they printed, secrets hidden.
    pub stdout: String,
    /// What they complained about, secrets hidden.
    pub stderr: String,
    /// Exit code of the last command; `None` where none ran or none ended by itself.
    pub code: Option<i32>,
    /// Seconds that it took.
    pub seconds: f64,
    /// What changed.
    pub diff: Vec<Diff>,
    /// What went wrong.
    pub error: Option<String>,
    /// The command that failed, secrets hidden.
    pub failed_command: Option<String>,
    /// What the reader can do about it; or why nothing was done.
    pub note: Option<String>,
    /// The script goes on after a failure (`attempt`): the host is not out of the run.
    pub caught: bool,
    /// What it is known again by when the run is resumed.
    pub key: Option<Arc<str>>,
    /// Whether one host ran it for all.
    pub once: bool,
}

impl Record {
    /// One that says no more than how the operation ended.
    pub fn new(subject: &Arc<Subject>, host: &str, status: Status) -> Self {
        Self {
            subject: Arc::clone(subject),
            host: host.to_owned(),
            status,
            commands: Vec::new(),
            stdout: String::new(),
            stderr: String::new(),
            code: None,
            seconds: 0.0,
            diff: Vec::new(),
            error: None,
            failed_command: None,
            note: None,
            caught: false,
            key: None,
            once: false,
        }
    }
}

/// How an operation ended on a host.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Status {
    /// It changed the host.
    Changed,
    /// The host was as it should be.
    Ok,
    /// It failed; the host leaves the run.
    Failed,
    /// It failed, and the script said that this does not matter.
    Ignored,
    /// A condition or a guard said that it should not run.
    Skipped,
    /// The run ended on this host before it came there.
    NotRun,
    /// The host could not be reached.
    Unreachable,
}

impl Status {
    /// The word for it, as it stands in JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::Changed => "changed",
            Self::Ok => "ok",
            Self::Failed => "failed",
            Self::Ignored => "ignored",
            Self::Skipped => "skipped",
            Self::NotRun => "not-run",
            Self::Unreachable => "unreachable",
        }
    }
}

/// How a run ended.
#[derive(Clone, Debug, Default)]
pub struct Summary {
    /// Counts per host, in inventory order.
    pub hosts: IndexMap<String, HostSummary>,
    /// Seconds that the run took.
    pub seconds: f64,
    /// The exit code: one of [`exit`](crate::run::exit).
    pub exit: u8,
}

/// How many operations ended how on a host.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HostSummary {
    /// Changed the host.
    pub changed: usize,
    /// Found the host as it should be.
    pub ok: usize,
    /// Failed.
    pub failed: usize,
    /// Failed without consequence.
    pub ignored: usize,
    /// Did not run by a condition or guard.
    pub skipped: usize,
    /// Were not come to.
    pub not_run: usize,
    /// The host could not be reached.
    pub unreachable: bool,
}

/// Who wants to know what happens. Called from many threads, one event at a time.
pub trait Listener: Send + Sync {
    /// Something happened.
    fn event(&self, event: &Event);

    /// Whether it wants to be told every answer of a host.
    fn wants_answers(&self) -> bool {
        false
    }

    /// Asks the user something and waits for the answer; `None` where nobody can answer. A hidden answer
    /// is not shown while it is typed.
    fn ask(&self, _question: &str, _hidden: bool) -> Option<String> {
        None
    }
}
