//! A long-lived `sh` on the host, one for each account, that runs jobs.
//!
//! A job's text is written to the `sh`'s stdin, and its output read back: one round trip, no login, no new process but the
//! step's own. The parts:
//!
//! * `account.rs`: the chain of commands that leads to the account; passwords go over stdin.
//! * `boot.rs`: the watcher between the channel and the `sh`. When the channel's stdin ends during a job (connection lost,
//!   controller killed, job cancelled, time over) it kills the job's process group, and nothing is orphaned.
//! * `prelude.sh`: the functions that jobs are written in; POSIX sh only.
//! * `text.rs`: steps as shell text. Secrets are in stdin, never in argv or a file of ours.
//! * `rewrites.rs`: a file that several steps in a row write is written once.
//! * `marker.rs`: what tells output from the end of a step, on stdout and stderr each.
//! * `outgoing.rs`, `channel.rs`, `flight.rs`, `capture.rs`: sending and receiving at once, with bounded memory.
//! * `halt.rs`: ending a job behind the operation that is running, or in it.
//! * `upload.rs`: content above 256 KiB has a channel of its own.
//! * `room.rs`: where the host allows too few channels for that, they take turns.
//!
//! What a background process prints while later steps run is taken for theirs: they share the streams.

mod boot;
mod capture;
mod channel;
mod error;
mod flight;
mod halt;
mod marker;
mod outgoing;
mod rewrites;
mod room;
mod run;
mod text;
mod upload;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

pub use error::{SessionError, Unfinished};
pub use flight::{Follower, Sink};
pub use halt::Halter;

use boot::Boot;
use channel::{Channel, Over};
use flight::Flight;
use outgoing::Outgoing;
use rewrites::Part;
use run::{Next, Run};
use text::Names;

use super::account::Account;
use super::job::{Action, Content, Job, Step, StepResult};
use super::process::{Connection, Process};

/// Content up to this size, in bytes, travels inside the job.
const INLINE: u64 = 256 << 10;

/// An open session; see the module.
pub struct Session {
    connection: Arc<dyn Connection>,
    account: Account,
    names: Names,
    channel: Channel,
    outgoing: Outgoing,
    halter: Halter,
    next_id: u64,
    /// A job was cancelled, or ended with an error: what is on the wire belongs to nobody.
    dead: bool,
}

impl Session {
    /// Starts a session. Does not wait for the host: what keeps it from starting is the first job's error.
    pub async fn open(
        connection: &Arc<dyn Connection>,
        account: &Account,
    ) -> Result<Self, SessionError> {
        let names = Names::random();
        let boot = Boot::session(account, &names);
        let process = connection.open(&boot.command, false).await?;
        Ok(Self::begun(connection, account, names, boot, process))
    }

    fn begun(
        connection: &Arc<dyn Connection>,
        account: &Account,
        names: Names,
        boot: Boot,
        process: Process,
    ) -> Self {
        let channel = Channel::new(process, &names.nonce);
        let mut outgoing = Outgoing::default();
        outgoing.text(boot.input.into_bytes(), None);
        let halter = Halter::new(connection, account, channel.process());
        let (connection, account) = (Arc::clone(connection), account.clone());
        Self { connection, account, names, channel, outgoing, halter, next_id: 1, dead: false }
    }

    /// Runs a job and says what became of each step, in order. `deadline` is how long the whole job may take.
    ///
    /// A failed step is a result, no error. Behind an [`Unfinished`] job the session is dead, as it is when the returned future is
    /// dropped before it is ready: open another one.
    pub async fn run(
        &mut self,
        job: Job,
        deadline: Option<Duration>,
        mut sink: Option<Sink<'_>>,
    ) -> Result<Vec<StepResult>, Unfinished> {
        if self.dead {
            let message = "the session ended with an earlier job".to_owned();
            return Err(SessionError::Lost { message }.into());
        }
        let mut run = Run::new(job.steps, deadline);
        run.check(&self.names)?;
        self.dead = true;
        if let Err(error) = self.run_all(&mut run, &mut sink).await {
            return Err(Unfinished { error, results: run.into_results() });
        }
        self.dead = false;
        Ok(run.into_results())
    }

    /// What asks this session, while it runs a job, to begin no other operation, or kills what it runs.
    pub fn halter(&self) -> Halter {
        self.halter.clone()
    }

    /// Ends the session. What steps left running in the background stays; for its sake the end is waited for where the host
    /// would take it along with the connection.
    pub async fn close(mut self) {
        self.channel.close_stdin().await;
        if self.connection.takes_along() {
            self.channel.exit().await;
        }
    }

    /// Whether another job can be run.
    pub fn is_usable(&self) -> bool {
        !self.dead
    }
}

impl Session {
    async fn run_all(
        &mut self,
        run: &mut Run,
        sink: &mut Option<Sink<'_>>,
    ) -> Result<(), SessionError> {
        while !run.is_done() {
            if self.halter.is_asked() {
                run.halt();
            }
            let sink = reborrow(sink);
            match run.load().await {
                Next::Here(count) => self.run_here(run, count, sink).await?,
                Next::Upload => self.upload(run, sink).await?,
                Next::Known(result) => run.push([result]),
            }
        }
        Ok(())
    }

    /// Runs the next `count` steps in the session's own `sh`.
    async fn run_here(
        &mut self,
        run: &mut Run,
        count: usize,
        sink: Option<Sink<'_>>,
    ) -> Result<(), SessionError> {
        let first_id = self.next_id;
        self.outgoing.begin();
        self.outgoing.text(run.state_text().into_bytes(), None);
        let steps = run.next_steps(count);
        for (offset, (step, part)) in steps.iter().zip(rewrites::parts(steps)).enumerate() {
            let id = first_id + offset as u64;
            let text = match part {
                Part::Whole => text::step_text(step, id, &self.names),
                Part::Ahead(last) => {
                    text::ahead_text(step, steps.get(last).unwrap_or(step), id, &self.names)
                }
                Part::Written(first) => {
                    Ok(text::written_text(id, first_id + first as u64, &self.names))
                }
            };
            let text = text.map_err(|message| SessionError::Invalid {
                step: run.position() + offset,
                message,
            })?;
            self.outgoing.text(text, takes_long(step).then_some(offset + 1));
        }
        self.next_id += count as u64;
        let mut flight = Flight::new(run.next_steps(count), first_id, run.position(), sink);
        let names = self.names.clone();
        let asked_again = |noise: &str| boot::asked_again(noise, &names);
        let over = self
            .channel
            .exchange(&mut self.outgoing, &mut flight, run.deadline(), &self.halter, &asked_again)
            .await;
        if over == Over::NeverStarted {
            return Err(boot::refusal(&mut self.channel, &self.account, &self.names).await);
        }
        run.finish(flight, over)
    }
}

/// Whether a step may keep the host's `sh` from reading on.
fn takes_long(step: &Step) -> bool {
    match &step.action {
        Action::Run { .. } => true,
        Action::Put(put) => put.validate.is_some() || matches!(put.content, Content::Printed(_)),
        Action::Get { .. } => false,
    }
}

fn reborrow<'a>(sink: &'a mut Option<Sink<'_>>) -> Option<Sink<'a>> {
    match sink {
        Some(sink) => Some(&mut **sink),
        None => None,
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session").field("account", &self.account).finish_non_exhaustive()
    }
}

/// `text` as one word of POSIX shell.
pub(super) fn quote(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}
