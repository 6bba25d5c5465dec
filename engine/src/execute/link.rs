//! The way to one host: its connection, its sessions (one `sh` per account), and exchanges over them.
//! Blocking, for the host's own thread; the connectors below are asynchronous.

use std::collections::HashMap;
use std::convert::Infallible;
use std::future::pending;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::runtime::Handle;

use super::outputs::Outputs;
use super::{Event, Interrupt, Listener, Output};
use crate::args::Phrase;
use crate::command::{Command, Content, scrub};
use crate::connectors::job::{self, Action, Ended, Job, Keep, OnFailure, Step, StepResult};
use crate::connectors::process::Connection;
use crate::connectors::session::{Session, SessionError};
use crate::connectors::{Reach, account, rsync};
use crate::error::{Error, ErrorKind, Result};
use crate::fact::{Answer, Question, QuestionId, together};
use crate::facts::given::GivenFacts;
use crate::facts::server::BootId;
use crate::options::{Account, Context, GlobalArgs, SharedContext};

/// The way to one host.
pub(crate) struct Link {
    host: String,
    reach: Reach,
    runtime: Handle,
    listener: Arc<dyn Listener>,
    interrupt: Interrupt,
    verbosity: u8,
    connection: Option<Arc<dyn Connection>>,
    sessions: HashMap<account::Account, Session>,
    /// Whether every question has a command of its own: the host's programs did not answer several at once.
    apart: bool,
    /// Why the host cannot be reached, once that is known.
    down: Option<Error>,
}

/// One operation's commands, on their way to the host.
#[derive(Debug)]
pub(crate) struct Work {
    pub(crate) commands: Vec<Command>,
    pub(crate) context: SharedContext,
    pub(crate) globals: GlobalArgs,
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

/// What an exchange brought.
#[derive(Debug, Default)]
pub(crate) struct Exchange {
    pub(crate) done: Vec<Done>,
    pub(crate) answers: Vec<(Question, Result<Answer>)>,
}

/// A step of a job, and what it belongs to.
enum Part {
    /// A command: which work, which of its commands.
    Command(usize, usize),
    /// Questions that one command answers, by index; mostly one.
    Questions(Vec<usize>),
}

impl Link {
    pub(crate) fn new(
        host: &str,
        reach: Reach,
        runtime: Handle,
        listener: Arc<dyn Listener>,
        interrupt: Interrupt,
        verbosity: u8,
    ) -> Self {
        Self {
            host: host.to_owned(),
            reach,
            runtime,
            listener,
            interrupt,
            verbosity,
            connection: None,
            sessions: HashMap::new(),
            apart: false,
            down: None,
        }
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
        };
        if works.is_empty() && questions.is_empty() {
            return Ok(exchange);
        }
        if let Reach::Fake(facts) = &self.reach {
            return fake(facts, works, questions);
        }
        self.connect()?;
        let mut answers = Answers::of(&questions);
        let stopped = self.run_batches(works, &questions, &mut answers, stream, &mut exchange)?;
        if !stopped && answers.apart && !self.apart {
            self.apart = true;
            self.run_batches(&[], &questions, &mut answers, stream, &mut exchange)?;
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
    fn run_batches(
        &mut self,
        works: &[Work],
        questions: &[Question],
        answers: &mut Answers,
        stream: bool,
        exchange: &mut Exchange,
    ) -> Result<bool> {
        for batch in batches(works, questions, answers, !self.apart) {
            if self.interrupt.is_stopped() && !batch.goes_on_with(&exchange.done) {
                return Ok(true);
            }
            if let Some((work, at, command)) = batch.own(works) {
                if self.run_own(work, at, command, works, exchange) {
                    return Ok(true);
                }
                continue;
            }
            let outcome = self.run_batch(&batch, works, questions, stream);
            if collect(&batch, outcome, works, questions, exchange, answers)? {
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
        let started = Instant::now();
        let outcome = match command {
            Command::Rsync { flags, from, to } => {
                rsync::run(&self.reach, &reached_as(&work.context.account), flags, from, to)
            }
            wait => self.wait_for_restart(wait).map(|()| Output::default()),
        };
        done.started = true;
        done.seconds += started.elapsed().as_secs_f64();
        let failure = match outcome {
            Ok(output) => {
                let code = output.code;
                done.outputs.push(output);
                let is_fine = work.success_codes().contains(&code);
                (!is_fine).then(|| Error::failed(format!("exit code {code}")))
            }
            Err(error) => Some(error),
        };
        let Some(error) = failure else { return false };
        done.failed = Some((at, error));
        !work.ignores_errors()
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

    /// Ends the connection in an orderly way.
    pub(crate) fn close(&mut self) {
        let sessions: Vec<Session> = self.sessions.drain().map(|(_, session)| session).collect();
        let connection = self.connection.take();
        self.runtime.block_on(async {
            for session in sessions {
                session.close().await;
            }
            if let Some(connection) = connection {
                let _ = tokio::time::timeout(Duration::from_secs(1), connection.close()).await;
            }
        });
    }

    /// Waits until the host has restarted: until it answers and its boot differs.
    fn wait_for_restart(&mut self, wait: &Command) -> Result<()> {
        let Command::Restarted { boot, delay, interval, timeout } = wait else { return Ok(()) };
        self.close();
        let until = Instant::now() + Duration::from_secs(*timeout);
        let mut pause = *delay;
        loop {
            self.pause(Duration::from_secs(pause))?;
            pause = (*interval).max(1);
            self.down = None;
            let now = self.connect().and_then(|()| self.boot());
            match now {
                Ok(now) if now != *boot => return Ok(()),
                Err(error) if error.kind == ErrorKind::Interrupted => return Err(error),
                _ => self.close(),
            }
            if Instant::now() >= until {
                return Err(Error::failed(format!("the host did not restart within {timeout} s"))
                    .hint("give it a longer `reboot_timeout`"));
            }
        }
    }

    /// Which start of the host this is.
    fn boot(&mut self) -> Result<String> {
        let context = SharedContext::default();
        let question = Question::new(&BootId {}, context);
        let exchange = self.exchange(&[], vec![question], false)?;
        let (_, answer) =
            exchange.answers.into_iter().next().ok_or_else(|| Error::failed("no answer"))?;
        Ok((*answer?.value::<String>()?).clone())
    }

    fn pause(&self, time: Duration) -> Result<()> {
        let interrupt = self.interrupt.clone();
        self.runtime.block_on(async {
            tokio::select! {
                biased;
                () = interrupt.stopped() => Err(Error::interrupted()),
                () = tokio::time::sleep(time) => Ok(()),
            }
        })
    }

    fn run_batch(
        &mut self,
        batch: &Batch,
        works: &[Work],
        questions: &[Question],
        stream: bool,
    ) -> Result<Vec<StepResult>, SessionError> {
        let mut steps = Vec::with_capacity(batch.parts.len());
        for part in &batch.parts {
            steps.push(match part {
                Part::Command(work, command) => {
                    let Some(step) = works.get(*work).and_then(|it| it.step(*work, *command))
                    else {
                        continue;
                    };
                    step
                }
                Part::Questions(indices) => {
                    let Some(step) = questions_step(indices, questions) else { continue };
                    step
                }
            });
        }
        self.tell(batch, works, questions);
        let Some(connection) = self.connection.clone() else {
            return Err(SessionError::Connect(crate::connectors::process::ConnectError::new(
                "there is no connection",
            )));
        };
        let key = reached_as(&batch.context.account);
        let open = self.sessions.remove(&key).filter(Session::is_usable);
        let loud = stream || self.verbosity >= 3;
        let commands = batch.parts.iter().map(|it| loud && matches!(it, Part::Command(..)));
        let mut outputs = Outputs::new(&self.host, &self.listener, commands.collect());
        let mut sink = |step: usize, which: job::Stream, bytes: &[u8]| {
            outputs.push(step, which, bytes);
        };
        let interrupt = self.interrupt.clone();
        let deadline = batch.deadline;
        let result = self.runtime.block_on(async {
            tokio::select! {
                biased;
                () = interrupt.killed() => Err(SessionError::Lost {
                    message: "interrupted".to_owned(),
                    results: Vec::new(),
                }),
                result = exchange(connection, open, &key, Job { steps }, deadline, &mut sink, &interrupt) => result,
            }
        });
        outputs.finish();
        let (session, results) = result?;
        if let Some(session) = session {
            self.sessions.insert(key, session);
        }
        Ok(results)
    }

    fn tell(&self, batch: &Batch, works: &[Work], questions: &[Question]) {
        for part in &batch.parts {
            match part {
                Part::Command(work, command) if self.verbosity >= 2 => {
                    if let Some(it) = works.get(*work).and_then(|it| it.commands.get(*command)) {
                        let line = scrub(&it.to_string()).into_owned();
                        self.listener.event(&Event::Command { host: self.host.clone(), line });
                    }
                }
                Part::Questions(indices) if self.verbosity >= 1 => {
                    for question in indices.iter().filter_map(|it| questions.get(*it)) {
                        let fact = scrub(&question.label()).into_owned();
                        self.listener.event(&Event::Fact { host: self.host.clone(), fact });
                    }
                }
                _ => {}
            }
        }
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
    Ok(Exchange { done: Vec::new(), answers })
}

/// One job on the account's session, opened where there is none.
async fn exchange(
    connection: Arc<dyn Connection>,
    open: Option<Session>,
    account: &account::Account,
    job: Job,
    deadline: Option<Duration>,
    sink: &mut (dyn FnMut(usize, job::Stream, &[u8]) + Send),
    interrupt: &Interrupt,
) -> Result<(Option<Session>, Vec<StepResult>), SessionError> {
    let mut session = match open {
        Some(session) => session,
        None => Session::open(&connection, account).await?,
    };
    let halter = session.halter();
    let halt = async {
        interrupt.stopped().await;
        halter.halt().await;
        pending::<Infallible>().await
    };
    let results = tokio::select! {
        biased;
        results = session.run(job, deadline, Some(sink)) => results?,
        never = halt => match never {},
    };
    Ok((Some(session), results))
}

/// Steps that go to one account in one job.
struct Batch {
    context: SharedContext,
    parts: Vec<Part>,
    deadline: Option<Duration>,
}

/// Cuts works and questions into jobs: consecutive ones of the same account share one. An operation with
/// a time limit or a terminal is a job of its own, so that the limit is its alone.
fn batches(
    works: &[Work],
    questions: &[Question],
    answers: &Answers,
    together: bool,
) -> Vec<Batch> {
    let mut batches: Vec<Batch> = Vec::new();
    for (index, work) in works.iter().enumerate() {
        let deadline = work.globals.timeout.map(Duration::from_secs_f64);
        for (at, command) in work.commands.iter().enumerate() {
            let context = match command {
                Command::Run { context: Some(context), .. } => context,
                _ => &work.context,
            };
            let alone = deadline.is_some() || is_own(command);
            match batches.last_mut() {
                Some(last)
                    if !alone
                        && last.own(works).is_none()
                        && last.deadline.is_none()
                        && last.context.account == context.account =>
                {
                    last.parts.push(Part::Command(index, at));
                }
                _ => batches.push(Batch {
                    context: Arc::clone(context),
                    parts: vec![Part::Command(index, at)],
                    deadline,
                }),
            }
        }
    }
    // Questions come after all works: the last batch of works may take them, or one of their own.
    let last_work = batches.len().saturating_sub(1);
    let open = answers.found.iter().map(Option::is_none);
    for ((index, question), _) in questions.iter().enumerate().zip(open).filter(|(_, open)| *open) {
        let account = &question.id.context.account;
        let fits = batches.iter_mut().skip(last_work).find(|batch| {
            batch.own(works).is_none()
                && batch.context.account == *account
                && batch.deadline.is_none()
        });
        match fits {
            Some(batch) => {
                if !together || !batch.takes_along(index, questions) {
                    batch.parts.push(Part::Questions(vec![index]));
                }
            }
            None => batches.push(Batch {
                context: Arc::clone(&question.id.context),
                parts: vec![Part::Questions(vec![index])],
                deadline: None,
            }),
        }
    }
    batches
}

impl Batch {
    /// Adds a question to others that one command answers, if there are such.
    fn takes_along(&mut self, index: usize, questions: &[Question]) -> bool {
        let Some(question) = questions.get(index).filter(|it| it.together.is_some()) else {
            return false;
        };
        let fits = self.parts.iter_mut().rev().find_map(|part| {
            let Part::Questions(indices) = part else { return None };
            let first = &questions.get(*indices.first()?)?.id;
            let same = first.fact == question.id.fact && first.context == question.id.context;
            (same && indices.len() < together::AT_MOST).then_some(indices)
        });
        fits.map(|indices| indices.push(index)).is_some()
    }

    /// Whether it has the rest of an operation that has begun.
    fn goes_on_with(&self, done: &[Done]) -> bool {
        match self.parts.first() {
            Some(Part::Command(work, _)) => done.get(*work).is_some_and(|it| it.started),
            _ => false,
        }
    }

    /// What no session does, if that is what the batch is.
    fn own<'a>(&self, works: &'a [Work]) -> Option<(usize, usize, &'a Command)> {
        let [Part::Command(work, command)] = self.parts.as_slice() else { return None };
        let own = works.get(*work)?.commands.get(*command)?;
        is_own(own).then_some((*work, *command, own))
    }
}

/// Whether a command is not for a session.
fn is_own(command: &Command) -> bool {
    matches!(command, Command::Restarted { .. } | Command::Rsync { .. })
}

/// Puts what became of a batch's steps where it belongs. True: a work failed, nothing more is to run.
fn collect(
    batch: &Batch,
    outcome: Result<Vec<StepResult>, SessionError>,
    works: &[Work],
    questions: &[Question],
    exchange: &mut Exchange,
    answers: &mut Answers,
) -> Result<bool> {
    let (results, trouble) = match outcome {
        Ok(results) => (results, None),
        Err(error) => (error.results().to_vec(), Some(error)),
    };
    let mut stopped = false;
    for (part, result) in batch.parts.iter().zip(results) {
        match part {
            Part::Questions(indices) => answers.take(indices, questions, &result),
            Part::Command(work, command) => {
                let (Some(given), Some(done)) = (works.get(*work), exchange.done.get_mut(*work))
                else {
                    continue;
                };
                stopped |= done.add(*command, given, result);
            }
        }
    }
    let Some(error) = trouble else { return Ok(stopped) };
    blame(batch, &error, works, exchange)
}

/// Lays an error of the whole exchange at the door of the operation that was running, if one was.
fn blame(
    batch: &Batch,
    error: &SessionError,
    works: &[Work],
    exchange: &mut Exchange,
) -> Result<bool> {
    let mut plain = match error {
        SessionError::Connect(_) | SessionError::Lost { .. } => {
            Error::unreachable(error.to_string())
        }
        _ => Error::failed(error.to_string()),
    };
    plain.hint = error.hint().map(str::to_owned);
    if plain.message == "interrupted" {
        plain = Error::interrupted();
    }
    let open = batch.parts.iter().find_map(|part| match part {
        Part::Command(work, command) => {
            let done = exchange.done.get(*work)?;
            (done.failed.is_none() && done.outputs.len() <= *command).then_some((*work, *command))
        }
        Part::Questions(_) => None,
    });
    let timed_out = matches!(error, SessionError::TimedOut { .. });
    let Some((work, command)) = open else {
        // The step that took too long has been told of already; say of it what is known of the whole.
        let late = exchange.done.iter_mut().position(|done| done.failed.is_some());
        let (true, Some(work)) = (timed_out, late) else { return Err(plain) };
        let ignored = works.get(work).is_some_and(Work::ignores_errors);
        if let Some((_, failure)) =
            exchange.done.get_mut(work).and_then(|done| done.failed.as_mut())
        {
            *failure = plain;
        }
        return Ok(!ignored);
    };
    let Some(done) = exchange.done.get_mut(work) else { return Err(plain) };
    done.started = true;
    done.failed = Some((command, plain));
    let ignored = works.get(work).is_some_and(Work::ignores_errors);
    Ok(!(timed_out && ignored))
}

impl Work {
    fn ignores_errors(&self) -> bool {
        self.globals.ignore_errors.unwrap_or(false)
    }

    fn success_codes(&self) -> Vec<i32> {
        self.globals.success_exit_codes.clone().unwrap_or_else(|| vec![0])
    }

    fn step(&self, group: usize, command: usize) -> Option<Step> {
        let command = self.commands.get(command)?;
        let (action, context) = match command {
            Command::Run { line, stdin, context } => {
                let given = self.globals.stdin.as_ref().map(|lines| {
                    lines.iter().fold(String::new(), |text, line| text + line.reveal() + "\n")
                });
                let stdin = stdin.as_ref().map(|it| it.reveal().to_owned()).or(given);
                let stdin = stdin.map(|it| job::Content::Bytes(it.into_bytes()));
                let action = if self.globals.get_pty.unwrap_or(false) {
                    let requires = Some("script".to_owned());
                    Action::Run { script: on_terminal(&line.reveal()), stdin, requires }
                } else {
                    Action::Run { script: line.reveal(), stdin, requires: None }
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

impl Done {
    /// Takes what became of a command in. True: it failed, and that ends the host's part.
    fn add(&mut self, command: usize, work: &Work, result: StepResult) -> bool {
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
            Ended::Code(code) => Some(Error::failed(format!("exit code {code}"))),
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
        let Some(error) = failure else { return false };
        if self.failed.is_none() {
            self.failed = Some((command, error));
        }
        !work.ignores_errors()
    }
}

/// Text that runs `script` on a terminal of its own. `script(1)` makes the terminal, so that it works for
/// every account and connection; the text reaches it as a file, not in its arguments.
fn on_terminal(script: &str) -> String {
    let end = format!("infra-{}", crate::project::sha1_of(script.as_bytes()));
    format!(
        "SHELL=/bin/sh script -qec 'eval \"$(cat <&3)\"' /dev/null 3<<'{end}'\n{script}\n{end}\n"
    )
}

/// The step that answers questions of one fact.
fn questions_step(indices: &[usize], questions: &[Question]) -> Option<Step> {
    let asked: Vec<&Question> = indices.iter().filter_map(|it| questions.get(*it)).collect();
    let first = asked.first()?;
    let command = match &first.together {
        Some(together) if asked.len() > 1 => {
            let ways = asked.iter().filter_map(|it| it.together.as_ref());
            let words: Vec<&str> = ways.map(|it| it.word.as_str()).collect();
            (together.command)(&words)
        }
        _ => first.command.clone(),
    };
    let requires = first.requires.map(str::to_owned);
    let mut step = Step::new(Action::Run { script: command.reveal(), stdin: None, requires });
    step.on_failure = OnFailure::Continue;
    step.keep = Keep::UpTo(job::FACT_OUTPUT);
    in_context(&mut step, &first.id.context);
    Some(step)
}

/// What became of an exchange's questions.
struct Answers {
    /// One for each question that has been answered.
    found: Vec<Option<Result<Answer>>>,
    /// Whether some that were asked together are to be asked one by one.
    apart: bool,
}

impl Answers {
    fn of(questions: &[Question]) -> Self {
        Self { found: questions.iter().map(|_| None).collect(), apart: false }
    }

    /// Takes in what the step came to that answers these questions.
    fn take(&mut self, indices: &[usize], questions: &[Question], result: &StepResult) {
        let alone = indices.len() < 2;
        let outputs = match result.ended {
            Ended::Code(0) if !alone => {
                let way = indices.first().and_then(|it| questions.get(*it)?.together.as_ref());
                way.and_then(|way| (way.split)(&result.stdout))
                    .filter(|outputs| outputs.len() == indices.len())
            }
            Ended::Code(_) if !alone => None,
            _ => {
                for index in indices {
                    if let (Some(question), Some(slot)) =
                        (questions.get(*index), self.found.get_mut(*index))
                    {
                        *slot = answer(question, result);
                    }
                }
                return;
            }
        };
        let Some(outputs) = outputs else {
            self.apart = true;
            return;
        };
        for (index, output) in indices.iter().zip(outputs) {
            if let (Some(question), Some(slot)) =
                (questions.get(*index), self.found.get_mut(*index))
            {
                *slot = Some((question.parse)(Some(&output)));
            }
        }
    }
}

fn in_context(step: &mut Step, context: &Context) {
    step.env = context
        .env
        .iter()
        .map(|(name, value): &(String, Phrase)| (name.clone(), value.reveal().to_owned()))
        .collect();
    step.chdir.clone_from(&context.chdir);
    step.shell.clone_from(&context.shell);
}

/// What a step's output means; `None` where it did not run.
fn answer(question: &Question, result: &StepResult) -> Option<Result<Answer>> {
    match &result.ended {
        Ended::Code(0) => Some((question.parse)(Some(&result.stdout))),
        Ended::Missing(_) => Some((question.parse)(None)),
        Ended::Skipped => None,
        Ended::Code(code) => {
            let said = String::from_utf8_lossy(&result.stderr);
            let mut error = Error::failed(format!(
                "fact `{}` could not be read: exit code {code}",
                question.label()
            ));
            error.hint = said.lines().last().map(|line| scrub(line).into_owned());
            Some(Err(error))
        }
        other => Some(Err(Error::failed(format!(
            "fact `{}` could not be read: {other:?}",
            question.label()
        )))),
    }
}

/// The account as the session knows it.
fn reached_as(it: &Account) -> account::Account {
    account::Account {
        sudo: it.sudo,
        sudo_user: it.sudo_user.clone(),
        use_sudo_login: it.use_sudo_login,
        sudo_password: it.sudo_password.as_ref().map(|secret| secret.reveal().into()),
        preserve_sudo_env: it.preserve_sudo_env,
        su_user: it.su_user.clone(),
        use_su_login: it.use_su_login,
        preserve_su_env: it.preserve_su_env,
        su_shell: it.su_shell.clone(),
        su_password: it.su_password.as_ref().map(|secret| secret.reveal().into()),
        doas: it.doas,
        doas_user: it.doas_user.clone(),
    }
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
