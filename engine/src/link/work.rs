//! One operation's commands as steps of a job, and what became of them.

use std::sync::Arc;
use std::time::Duration;

use crate::args::Phrase;
use crate::command::{Command, Content, Output};
use crate::connectors::job::{self, Action, Ended, OnFailure, Step, StepResult};
use crate::error::Error;
use crate::event::Subject;
use crate::options::{Context, GlobalArgs, SharedContext};

/// One operation's commands, on their way to the host.
#[derive(Debug)]
pub(crate) struct Work {
    /// Which operation it is; `None` for a command that a script runs by itself.
    pub(crate) subject: Option<Arc<Subject>>,
    pub(crate) commands: Vec<Command>,
    pub(crate) context: SharedContext,
    pub(crate) globals: GlobalArgs,
}

impl Work {
    pub(super) fn ignores_errors(&self) -> bool {
        self.globals.ignore_errors.unwrap_or(false)
    }

    pub(super) fn success_codes(&self) -> Vec<i32> {
        self.globals.success_exit_codes.clone().unwrap_or_else(|| vec![0])
    }

    pub(super) fn step(&self, group: usize, command: usize) -> Option<Step> {
        let command = self.commands.get(command)?;
        let (action, context) = match command {
            Command::Run { line, stdin, context, on_failure } => {
                let given = self.globals.stdin.as_ref().map(|lines| {
                    lines.iter().fold(String::new(), |text, line| text + line.reveal() + "\n")
                });
                let stdin = stdin.as_ref().map(|it| it.reveal().to_owned()).or(given);
                let stdin = stdin.map(|it| job::Content::Bytes(it.into_bytes()));
                let script = match on_failure {
                    Some(explain) => explained(&line.reveal(), &explain.reveal()),
                    None => line.reveal(),
                };
                let action = if self.globals.get_pty.unwrap_or(false) {
                    let requires = Some("script".to_owned());
                    Action::Run { script: on_terminal(&script), stdin, requires }
                } else {
                    Action::Run { script, stdin, requires: None }
                };
                (action, context.as_ref().unwrap_or(&self.context))
            }
            Command::Feed { line, content, .. } => {
                let (script, stdin) = (line.reveal(), Some(content.into()));
                (Action::Run { script, stdin, requires: None }, &self.context)
            }
            Command::Put(put) => (Action::Put(put.into()), &self.context),
            Command::Get { from, .. } => (Action::Get { path: from.clone() }, &self.context),
            Command::Restarted { .. } | Command::Rsync { .. } | Command::Call { .. } => {
                return None;
            }
        };
        let mut step = Step::new(action);
        step.group = group;
        step.on_failure = match (self.ignores_errors(), self.globals.continue_on_error) {
            (true, Some(true)) => OnFailure::Continue,
            (true, _) => OnFailure::SkipGroup,
            (false, _) => OnFailure::StopJob,
        };
        step.success_codes = self.success_codes();
        in_context(&mut step, context);
        Some(step)
    }
}

/// What became of one operation's commands.
#[derive(Debug, Default)]
pub(crate) struct Done {
    /// What each command that ran printed and returned.
    pub(crate) outputs: Vec<Output>,
    /// The first command that failed, by index, and how.
    pub(crate) failed: Option<(usize, Error)>,
    /// Whether anything was sent for it at all.
    pub(crate) started: bool,
    pub(crate) seconds: f64,
}

impl Done {
    /// Takes what became of a command in. True: it failed, and that ends the host's part.
    pub(super) fn add(&mut self, command: usize, work: &Work, result: StepResult) -> bool {
        if result.ended == Ended::Skipped {
            return false;
        }
        self.started = true;
        self.seconds += result.seconds;
        let code = match &result.ended {
            Ended::Code(code) => Some(*code),
            _ => None,
        };
        let failure = match &result.ended {
            Ended::Code(code) if work.success_codes().contains(code) => None,
            Ended::Code(code) => Some(exited(*code)),
            Ended::Signal(name) => Some(Error::failed(format!("ended by signal {name}"))),
            Ended::Missing(program) => {
                Some(Error::failed(format!("`{program}` is not installed on the host")))
            }
            Ended::TimedOut => Some(Error::failed("timed out").hint("give it a longer `_timeout`")),
            Ended::Lost => Some(Error::unreachable("the connection ended while it ran")),
            Ended::Skipped => None,
        };
        self.outputs.push(Output {
            stdout: result.stdout,
            stderr: result.stderr,
            code: code.unwrap_or(-1),
        });
        failure.is_some_and(|error| self.fail(command, work, error, 0.0))
    }

    /// Notes that a command failed, after so many seconds. True: that ends the host's part.
    pub(super) fn fail(&mut self, command: usize, work: &Work, error: Error, seconds: f64) -> bool {
        self.started = true;
        self.seconds += seconds;
        self.failed.get_or_insert((command, error));
        !work.ignores_errors()
    }
}

fn exited(code: i32) -> Error {
    let error = Error::failed(format!("exit code {code}"));
    // Shells and `env` end with it.
    if code == 127 {
        error.hint("the program is not installed on the host, or not in PATH")
    } else {
        error
    }
}

/// Text that runs `script`, and where that fails what says more of it.
fn explained(script: &str, explain: &str) -> String {
    format!("(\n{script}\n) || {{ code=$?; (\n{explain}\n) </dev/null >&2; exit \"$code\"; }}")
}

/// Text that runs `script` on a terminal of its own. `script(1)` makes the terminal, so that it works for
/// every account and connection; the text reaches it as a file, not in its arguments.
fn on_terminal(script: &str) -> String {
    let end = format!("infra-{}", crate::bytes::sha1_of(script.as_bytes()));
    format!(
        "SHELL=/bin/sh script -qec 'eval \"$(cat <&3)\"' /dev/null 3<<'{end}'\n{script}\n{end}\n"
    )
}

pub(super) fn in_context(step: &mut Step, context: &Context) {
    step.env = context
        .env
        .iter()
        .map(|(name, value): &(String, Phrase)| (name.clone(), value.reveal().to_owned()))
        .collect();
    step.chdir.clone_from(&context.chdir);
    step.shell.clone_from(&context.shell);
}

impl From<&crate::command::Put> for job::Put {
    fn from(put: &crate::command::Put) -> Self {
        Self {
            mode: put.mode,
            user: put.user.clone(),
            group: put.group.clone(),
            backup: put.backup.clone(),
            validate: put.validate.clone(),
            atime: put.atime.and_then(moment),
            mtime: put.mtime.and_then(moment),
            ..Self::new(put.path.clone(), (&put.content).into())
        }
    }
}

impl From<&Content> for job::Content {
    fn from(content: &Content) -> Self {
        match content {
            Content::Bytes(bytes) => Self::Bytes(bytes.to_vec()),
            Content::File { path, size } => Self::File { path: path.clone(), len: *size },
            Content::Printed { line, .. } => Self::Printed(line.reveal()),
            Content::Archive(archive) => {
                Self::Pieces(archive.pieces().iter().map(Self::from).collect())
            }
        }
    }
}

fn moment(seconds: i64) -> Option<std::time::SystemTime> {
    let since = Duration::from_secs(u64::try_from(seconds).ok()?);
    std::time::UNIX_EPOCH.checked_add(since)
}
