//! The way to one host: its connection, its sessions (one `sh` per account), and exchanges over them.
//! Blocking, for the host's own thread; the connectors below are asynchronous.

mod answers;
mod blame;
mod job;
mod open;
mod outputs;
mod portions;
mod progress;
mod restart;
mod tail;
mod work;

use answers::Answers;
use blame::collect;
pub(crate) use open::Kept;
use open::Open;
use portions::portions;
use progress::running;
pub(crate) use work::{Done, Work};

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::runtime::Handle;

use crate::command::{Command, Output};
use crate::connectors::job::{Ended, StepResult};
use crate::connectors::process::Connection;
use crate::connectors::session::Session;
use crate::connectors::{Reach, rsync};
use crate::error::{Error, Result};
use crate::event::{Event, Listener};
use crate::fact::{Answer, Question, QuestionId};
use crate::facts::given::GivenFacts;
use crate::interrupt::Interrupt;
use crate::options::Account;
use crate::settings::Settings;

/// The way to one host.
pub(crate) struct Link {
    host: String,
    reach: Reach,
    runtime: Handle,
    listener: Arc<dyn Listener>,
    interrupt: Interrupt,
    verbosity: u8,
    /// How often it is told that an operation is still on.
    waiting: Duration,
    /// Where it is taken from, and left when the run is over.
    kept: Option<Arc<Kept>>,
    connection: Option<Arc<dyn Connection>>,
    sessions: HashMap<Account, Session>,
    /// Whether every question has a command of its own: the host's programs did not answer several at once.
    apart: bool,
    /// Why the host cannot be reached, once that is known.
    down: Option<Error>,
}

/// What an exchange brought.
#[derive(Debug, Default)]
pub(crate) struct Exchange {
    pub(crate) done: Vec<Done>,
    pub(crate) answers: Vec<(Question, Result<Answer>)>,
    /// What ended it when every operation that was sent had come to its end, and questions had not.
    pub(crate) cut: Option<Error>,
}

impl Link {
    pub(crate) fn new(
        host: &str,
        reach: Reach,
        runtime: Handle,
        listener: Arc<dyn Listener>,
        interrupt: Interrupt,
        settings: &Settings,
        kept: Option<Arc<Kept>>,
    ) -> Self {
        Self {
            host: host.to_owned(),
            reach,
            runtime,
            listener,
            interrupt,
            verbosity: settings.verbosity,
            waiting: settings.waiting,
            kept,
            connection: None,
            sessions: HashMap::new(),
            apart: false,
            down: None,
        }
    }

    /// See [`Reach::is_root`].
    pub(crate) fn is_root(&self) -> bool {
        self.reach.is_root()
    }

    /// The answer that a fake host was given.
    pub(crate) fn given(&self, id: &QuestionId) -> Option<Result<Answer>> {
        match &self.reach {
            Reach::Fake(facts) => facts.find(id).map(Ok),
            _ => None,
        }
    }

    /// Connects, if that was not done before.
    pub(crate) fn connect(&mut self) -> Result<()> {
        if self.connection.is_some() || matches!(self.reach, Reach::Fake(_)) {
            return Ok(());
        }
        if let Some(error) = &self.down {
            return Err(error.clone());
        }
        if let Some(open) = self.kept.as_ref().and_then(|it| it.take(&self.host)) {
            self.connection = Some(open.connection);
            self.sessions = open.sessions;
            return Ok(());
        }
        let started = Instant::now();
        let interrupt = self.interrupt.clone();
        let reach = &self.reach;
        let connected = self.runtime.block_on(async {
            tokio::select! {
                biased;
                () = interrupt.stopped() => Err(Error::interrupted()),
                connected = reach.connect() => connected,
            }
        });
        match connected {
            Ok(connection) => {
                self.connection = Some(connection);
                let seconds = started.elapsed().as_secs_f64();
                let host = self.host.clone();
                self.listener.event(&Event::Connected { host, seconds });
                Ok(())
            }
            Err(error) => {
                self.down = Some(error.clone());
                Err(error)
            }
        }
    }

    /// Runs works in order, then asks the questions, in as few exchanges as there are accounts in turn.
    /// A work that fails ends what comes after it, unless its errors are ignored.
    pub(crate) fn exchange(
        &mut self,
        works: &[Work],
        questions: Vec<Question>,
        stream: bool,
    ) -> Result<Exchange> {
        let mut exchange = Exchange {
            done: works.iter().map(|_| Done::default()).collect(),
            answers: Vec::with_capacity(questions.len()),
            cut: None,
        };
        if works.is_empty() && questions.is_empty() {
            return Ok(exchange);
        }
        if let Reach::Fake(facts) = &self.reach {
            return fake(facts, works, questions);
        }
        self.connect()?;
        let mut answers = Answers::of(&questions);
        let stopped = self.run_portions(works, &questions, &mut answers, stream, &mut exchange)?;
        if !stopped && answers.apart && !self.apart {
            self.apart = true;
            self.run_portions(&[], &questions, &mut answers, stream, &mut exchange)?;
        }
        let unanswered = || self.interrupt.is_stopped().then(|| Err(Error::interrupted()));
        exchange.answers = questions
            .into_iter()
            .zip(answers.found)
            .filter_map(|(question, answer)| Some((question, answer.or_else(unanswered)?)))
            .collect();
        if self.listener.wants_answers() {
            exchange
                .answers
                .iter()
                .for_each(|(question, answer)| self.tell_answer(question, answer));
        }
        Ok(exchange)
    }

    /// Runs the works and asks the questions that have no answer yet. True: a work failed, nothing more is to run.
    fn run_portions(
        &mut self,
        works: &[Work],
        questions: &[Question],
        answers: &mut Answers,
        stream: bool,
        exchange: &mut Exchange,
    ) -> Result<bool> {
        for portion in portions(works, questions, answers, !self.apart) {
            if self.interrupt.is_stopped() && !portion.goes_on_with(&exchange.done) {
                return Ok(true);
            }
            if let Some((work, at, command)) = portion.own(works) {
                if self.run_own(work, at, command, works, exchange) {
                    return Ok(true);
                }
                continue;
            }
            let outcome = self.run_portion(&portion, works, questions, stream);
            if collect(&portion, outcome, works, questions, exchange, answers)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Does what no session does. True: it failed, nothing more is to run.
    fn run_own(
        &mut self,
        index: usize,
        at: usize,
        command: &Command,
        works: &[Work],
        exchange: &mut Exchange,
    ) -> bool {
        let (Some(work), Some(done)) = (works.get(index), exchange.done.get_mut(index)) else {
            return false;
        };
        if let Some(subject) = &work.subject {
            self.listener.event(&running(subject, &self.host, index));
        }
        let started = Instant::now();
        let outcome = match command {
            Command::Rsync { flags, from, to } => {
                rsync::run(&self.reach, &work.context.account, flags, from, to)
            }
            wait => self.wait_for_restart(wait).map(|()| Output::default()),
        };
        let seconds = started.elapsed().as_secs_f64();
        match outcome {
            Ok(Output { stdout, stderr, code }) => {
                let ended = Ended::Code(code);
                done.add(at, work, StepResult { ended, stdout, stderr, truncated: false, seconds })
            }
            Err(error) => done.fail(at, work, error, seconds),
        }
    }

    fn tell_answer(&self, question: &Question, answer: &Result<Answer>) {
        // What only a script can read is told when it has been read.
        if let Ok(answer) = answer
            && !answer.is_opaque()
        {
            self.listener.event(&Event::Answer {
                host: self.host.clone(),
                fact: question.id.fact.to_owned(),
                key: question.id.key.clone(),
                value: answer.to_json(),
            });
        }
    }

    /// The run is over for the host: its connection is left to the next one, or ends.
    pub(crate) fn end(&mut self) {
        // A session that was asked to begin nothing more does not.
        let Some(kept) = self.kept.clone().filter(|_| !self.interrupt.is_stopped()) else {
            return self.close();
        };
        if let Some(mut open) = self.take_open() {
            open.sessions.retain(|_, session| session.is_usable());
            kept.put(&self.host, open);
        }
    }

    /// Ends the connection in an orderly way.
    pub(crate) fn close(&mut self) {
        if let Some(open) = self.take_open() {
            self.runtime.block_on(open.close());
        }
    }

    fn take_open(&mut self) -> Option<Open> {
        let sessions = std::mem::take(&mut self.sessions);
        self.connection.take().map(|connection| Open { connection, sessions })
    }
}

/// A fake host answers from what it was given, and cannot be changed.
fn fake(facts: &GivenFacts, works: &[Work], questions: Vec<Question>) -> Result<Exchange> {
    if !works.is_empty() {
        return Err(Error::failed("a fake host can be planned, not changed").hint("use --dry"));
    }
    let answers = questions
        .into_iter()
        .map(|question| {
            let answer = match facts.missing(&question.id) {
                Some(error) => Err(error),
                None => (question.parse)(None),
            };
            (question, answer)
        })
        .collect();
    Ok(Exchange { answers, ..Exchange::default() })
}
