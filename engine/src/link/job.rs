//! One portion, as one job on its account's session.

use std::collections::HashMap;
use std::convert::Infallible;
use std::future::pending;
use std::sync::Arc;
use std::time::Duration;

use super::Link;
use super::answers::questions_step;
use super::outputs::Outputs;
use super::portions::{Part, Portion};
use super::progress::Progress;
use super::work::Work;
use crate::command::scrub;
use crate::connectors::job::{Job, StepResult};
use crate::connectors::process::{ConnectError, Connection};
use crate::connectors::session::{Session, SessionError, Unfinished};
use crate::error::Result;
use crate::event::Event;
use crate::fact::Question;
use crate::interrupt::Interrupt;
use crate::options::Account;

/// How long a session that is killed may take to say what had ended before.
const LAST_WORDS: Duration = Duration::from_secs(1);

impl Link {
    pub(super) fn run_portion(
        &mut self,
        portion: &Portion,
        works: &[Work],
        questions: &[Question],
        stream: bool,
    ) -> Result<Vec<StepResult>, Unfinished> {
        let mut steps = Vec::with_capacity(portion.parts.len());
        for part in &portion.parts {
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
        self.tell(portion, works, questions);
        let Some(connection) = self.connection.clone() else {
            let error = ConnectError::new("there is no connection");
            return Err(SessionError::Connect(error).into());
        };
        let key = portion.context.account.clone();
        let mut others = std::mem::take(&mut self.sessions);
        let open = others.remove(&key).filter(Session::is_usable);
        let loud = stream || self.verbosity >= 3;
        let commands = portion.parts.iter().map(|it| loud && matches!(it, Part::Command(..)));
        let outputs = Outputs::new(&self.host, &self.listener, commands.collect());
        let mut progress = Progress::new(self, portion, works, outputs);
        let interrupt = self.interrupt.clone();
        let deadline = portion.deadline;
        let job = Job { steps };
        let remind = progress.reminder(self.waiting).remind();
        let result = self.runtime.block_on(async {
            let open = match open {
                Some(session) => session,
                None => opened(&connection, &key, &mut others, &interrupt).await?,
            };
            tokio::select! {
                biased;
                result = exchange(open, job, deadline, &mut progress, &interrupt) => result,
                never = remind => match never {},
            }
        });
        progress.finish();
        self.sessions = others;
        let (session, results) = result?;
        self.sessions.insert(key, session);
        Ok(results)
    }

    fn tell(&self, portion: &Portion, works: &[Work], questions: &[Question]) {
        for part in &portion.parts {
            match part {
                Part::Command(work, command) if self.verbosity >= 2 => {
                    if let Some(it) = works.get(*work).and_then(|it| it.commands.get(*command)) {
                        let line = scrub(&it.to_string()).into_owned();
                        self.listener.event(&Event::Command { host: self.host.clone(), line });
                    }
                }
                Part::Questions(indices) if self.verbosity >= 1 => {
                    for question in indices.iter().filter_map(|it| questions.get(*it)) {
                        let fact = scrub(&question.id.label()).into_owned();
                        self.listener.event(&Event::Fact { host: self.host.clone(), fact });
                    }
                }
                _ => {}
            }
        }
    }
}

/// A session for the account; the others end where the host allows no more of them at once.
async fn opened(
    connection: &Arc<dyn Connection>,
    account: &Account,
    others: &mut HashMap<Account, Session>,
    interrupt: &Interrupt,
) -> Result<Session, SessionError> {
    let opened = async {
        match Session::open(connection, account).await {
            Err(SessionError::Connect(error)) if error.is_full && !others.is_empty() => {
                let others = others.drain().map(|(_, session)| session);
                Session::open_instead(others, connection, account).await
            }
            opened => opened,
        }
    };
    tokio::select! {
        biased;
        () = interrupt.killed() => Err(SessionError::Killed),
        opened = opened => opened,
    }
}

/// One job on a session.
async fn exchange(
    mut session: Session,
    job: Job,
    deadline: Option<Duration>,
    progress: &mut Progress,
    interrupt: &Interrupt,
) -> Result<(Session, Vec<StepResult>), Unfinished> {
    let halter = session.halter();
    let halt = async {
        interrupt.stopped().await;
        halter.clone().halt().await;
        pending::<Infallible>().await
    };
    let kill = async {
        interrupt.killed().await;
        halter.kill();
        tokio::time::sleep(LAST_WORDS).await;
    };
    let results = tokio::select! {
        biased;
        results = session.run(job, deadline, Some(progress)) => results?,
        never = halt => match never {},
        () = kill => return Err(SessionError::Killed.into()),
    };
    Ok((session, results))
}
