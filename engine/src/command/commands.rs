//! The answer of an operation: what to do on the host, and what will be true then.

use std::sync::Arc;

use super::{Archive, Diff, Output, Scope, Secret, Shell, scrub};
use crate::bytes::encode;
use crate::error::{Error, Result};
use crate::fact::{Answer, Ask};
use crate::options::Context;
use crate::value::{Function, Value};

/// What an operation does on a host. Empty: the host is as it should be.
#[derive(Clone, Debug, Default)]
pub struct Commands {
    /// In order; the first that fails ends the operation.
    pub list: Vec<Command>,
    /// Facts that will be as stated once the commands have run. Used in the plan; in the run only for
    /// files that are written whole, by what follows in the same job.
    pub effects: Vec<Effect>,
    /// What changes, for people.
    pub diff: Vec<Diff>,
    /// Why there is nothing to do, for `-v`.
    pub note: Option<String>,
    /// Reads from what the commands printed whether the host changed; without it, it did.
    pub changed: Option<fn(&[Output]) -> bool>,
    /// What these commands touch besides what the operation always may touch.
    pub also: Vec<Scope>,
    /// Plan the operation once more after these commands, because what comes next depends on them.
    pub again: bool,
    /// Of an operation that a script defines: which of its steps change something.
    pub(crate) steps: Vec<String>,
}

/// One thing to do on a host.
#[derive(Clone, Debug)]
pub enum Command {
    /// Run shell text.
    Run {
        /// The text.
        line: Shell,
        /// What it reads; nothing (`/dev/null`) otherwise.
        stdin: Option<Secret>,
        /// Another account or environment than the operation's.
        context: Option<Arc<Context>>,
        /// What says more of why it failed, where it did; what this prints is added to its standard error.
        on_failure: Option<Shell>,
    },
    /// Run shell text that reads content: from memory, from disk, or an archive of many files.
    Feed {
        /// The text.
        line: Shell,
        /// What it reads.
        content: Content,
        /// What it does, for people.
        shown: String,
    },
    /// Write a file, atomically.
    Put(Put),
    /// Wait until the host has restarted, and connect anew.
    Restarted {
        /// What `/proc/sys/kernel/random/boot_id`, or the time of the last start, said before.
        boot: String,
        /// Seconds until the first try.
        delay: u64,
        /// Seconds between tries.
        interval: u64,
        /// Seconds until the host must be back.
        timeout: u64,
    },
    /// Call a function of the script. It is the only command of its operation.
    Call {
        /// The function.
        function: Arc<dyn Function>,
        /// Its arguments.
        arguments: Vec<Value>,
    },
    /// Send a directory with the controller's `rsync`.
    Rsync {
        /// Its flags.
        flags: Vec<String>,
        /// The path on the controller.
        from: String,
        /// The path on the host.
        to: String,
    },
    /// Fetch a file to the controller, atomically.
    Get {
        /// The path on the host.
        from: String,
        /// The path on the controller.
        to: std::path::PathBuf,
        /// Permission bits of a file that is new there.
        mode: u32,
    },
}

/// A file to be written: to a temporary file beside it, with its final owner and mode, then renamed.
#[derive(Clone, Debug, Default)]
pub struct Put {
    /// The path on the host.
    pub path: String,
    /// What will be in it.
    pub content: Content,
    /// Permission bits; those of the file that is there, or the account's default, otherwise.
    pub mode: Option<u32>,
    /// Owner; that of the file that is there, or the account, otherwise.
    pub user: Option<String>,
    /// Group, likewise.
    pub group: Option<String>,
    /// Where the file that is there is copied first.
    pub backup: Option<String>,
    /// A command that must succeed before the file goes live; `%s` is the new file.
    pub validate: Option<String>,
    /// Time of last access, in seconds since 1970.
    pub atime: Option<i64>,
    /// Time of last change, in seconds since 1970.
    pub mtime: Option<i64>,
}

/// The bytes of a file to be written, or of a command's input.
#[derive(Clone, Debug)]
pub enum Content {
    /// Held in memory.
    Bytes(Arc<[u8]>),
    /// Read from the controller's disk while it is sent.
    File {
        /// Where it is.
        path: std::path::PathBuf,
        /// Its size in bytes.
        size: u64,
    },
    /// Put together while it is sent.
    Archive(Arc<Archive>),
    /// What shell text prints on the host; only for files to be written.
    Printed {
        /// The text.
        line: Shell,
        /// Where the content comes from, for people.
        shown: String,
    },
}

impl Default for Content {
    fn default() -> Self {
        Self::Bytes(Arc::from([]))
    }
}

impl From<String> for Content {
    fn from(text: String) -> Self {
        Self::from(text.as_str())
    }
}

impl From<&str> for Content {
    fn from(text: &str) -> Self {
        Self::Bytes(encode(text).into())
    }
}

impl Content {
    /// All of it, read now.
    pub(crate) fn read(&self) -> Result<Vec<u8>> {
        match self {
            Self::Bytes(bytes) => Ok(bytes.to_vec()),
            Self::File { path, .. } => std::fs::read(path).map_err(|error| {
                Error::usage(format!("cannot read local file `{}`: {error}", path.display()))
            }),
            Self::Archive(archive) => {
                let pieces: Result<Vec<_>> = archive.pieces().iter().map(Self::read).collect();
                Ok(pieces?.concat())
            }
            Self::Printed { shown, .. } => {
                Err(Error::usage(format!("what comes from {shown} is known on the host only")))
            }
        }
    }
}

/// A fact that will be as stated.
#[derive(Clone, Debug)]
pub struct Effect {
    /// The question without its context.
    pub key: (&'static str, String),
    /// What the answer depends on.
    pub reads: Vec<Scope>,
    /// The answer that it will have.
    pub answer: Answer,
    /// Whether that is all of the answer; else the rest is known once the commands have run.
    pub whole: bool,
}

impl Commands {
    /// The commands as people read them, secrets hidden.
    pub(crate) fn shown(&self) -> Vec<String> {
        self.list.iter().map(|it| scrub(&it.to_string()).into_owned()).collect()
    }

    /// Nothing to do; why, for `-v`.
    pub fn none(note: impl Into<String>) -> Self {
        Self { note: Some(note.into()), ..Self::default() }
    }

    /// Appends a shell line.
    pub fn run(&mut self, line: Shell) -> &mut Self {
        self.list.push(Command::Run { line, stdin: None, context: None, on_failure: None });
        self
    }

    /// Appends a shell line that reads `stdin`, the way for secrets that a program wants.
    pub fn run_with_input(&mut self, line: Shell, stdin: Secret) -> &mut Self {
        let stdin = Some(stdin);
        self.list.push(Command::Run { line, stdin, context: None, on_failure: None });
        self
    }

    /// Has `explain` say more of why where one of the shell lines so far fails.
    pub(crate) fn explain(&mut self, explain: &Shell) -> &mut Self {
        for command in &mut self.list {
            if let Command::Run { on_failure, .. } = command {
                *on_failure = Some(explain.clone());
            }
        }
        self
    }

    /// Appends a shell line that reads content; `shown` says what it does.
    pub fn feed(&mut self, line: Shell, content: Content, shown: impl Into<String>) -> &mut Self {
        self.list.push(Command::Feed { line, content, shown: shown.into() });
        self
    }

    /// Appends the writing of a file.
    pub fn put(&mut self, put: Put) -> &mut Self {
        self.list.push(Command::Put(put));
        self
    }

    /// Appends another operation's commands, effects and differences.
    pub fn extend(&mut self, other: Self) -> &mut Self {
        self.list.extend(other.list);
        self.effects.extend(other.effects);
        self.diff.extend(other.diff);
        self.also.extend(other.also);
        self.again |= other.again;
        self
    }

    /// States what a fact will be once the commands have run.
    pub fn then<F: Ask>(&mut self, fact: &F, value: F::Output) -> &mut Self {
        self.state(fact, value, true)
    }

    /// States what is known of a fact's later answer: a new file's owner, but not its times.
    pub fn then_in_part<F: Ask>(&mut self, fact: &F, value: F::Output) -> &mut Self {
        self.state(fact, value, false)
    }

    fn state<F: Ask>(&mut self, fact: &F, value: F::Output, whole: bool) -> &mut Self {
        let key = (F::NAME, crate::fact::key(fact));
        let answer = Answer::new(Arc::new(value));
        self.effects.push(Effect { key, reads: fact.depends_on(), answer, whole });
        self
    }

    /// Records one property that changes.
    pub fn attribute(
        &mut self,
        of: impl Into<String>,
        name: impl Into<String>,
        before: impl Into<String>,
        after: impl Into<String>,
    ) -> &mut Self {
        let (of, name, before, after) = (of.into(), name.into(), before.into(), after.into());
        self.diff.push(Diff::Attribute { of, name, before, after });
        self
    }

    /// Whether all that is done is to write files, each as a whole.
    pub(crate) fn only_write_files(&self) -> bool {
        self.list.iter().all(|command| matches!(command, Command::Put(_)))
    }

    /// The answer that a fact will have, if all of it is stated.
    pub(crate) fn states(&self, fact: &str, key: &str) -> Option<&Answer> {
        let stated = self.effects.iter().rev().find(|it| it.key.0 == fact && it.key.1 == key);
        stated.filter(|effect| effect.whole).map(|effect| &effect.answer)
    }

    /// Whether there is nothing to do.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }
}

impl From<Shell> for Commands {
    fn from(line: Shell) -> Self {
        let mut commands = Self::default();
        commands.run(line);
        commands
    }
}

/// The commands as people read them; secrets as `***`.
impl std::fmt::Display for Command {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Run { line, .. } => write!(f, "{line}"),
            Self::Feed { shown, .. } => f.write_str(shown),
            Self::Put(put) => {
                write!(f, "write {}", super::quote(&put.path))?;
                if let Some(mode) = put.mode {
                    write!(f, " mode={mode:o}")?;
                }
                if let Some(user) = &put.user {
                    write!(f, " user={user}")?;
                }
                if let Some(group) = &put.group {
                    write!(f, " group={group}")?;
                }
                if let Content::Printed { shown, .. } = &put.content {
                    write!(f, " from {shown}")?;
                }
                Ok(())
            }
            Self::Restarted { timeout, .. } => {
                write!(f, "wait up to {timeout} s until the host has restarted")
            }
            Self::Call { function, .. } => write!(f, "call {function:?}"),
            Self::Rsync { flags, from, to } => {
                let words = flags.iter().chain([from, to]).map(|it| super::quote(it));
                write!(f, "rsync {}", words.collect::<Vec<_>>().join(" "))
            }
            Self::Get { from, to, .. } => {
                write!(f, "fetch {} to {}", super::quote(from), to.display())
            }
        }
    }
}
