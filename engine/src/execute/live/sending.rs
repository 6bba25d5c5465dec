//! Operations that are owed, and the exchange that sends them together with what is to be asked.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Instant;

use super::Live;
use super::conclude::{About, settled};
use crate::command::Commands;
use crate::error::{Error, ErrorKind, Result};
use crate::event::{Event, Record, Status};
use crate::execute::lockstep::Pace;
use crate::fact::{Answer, Question, QuestionId};
use crate::fleet::hold;
use crate::link::{Done, Exchange, Work};
use crate::script::{Call, OpResult};

/// An operation whose commands are still to be sent.
pub(super) struct Owed {
    about: About,
    commands: Commands,
    work: Work,
    result: OpResult,
    /// What will be known once it has succeeded, and until which tick that is needed.
    written: Vec<(Question, Answer, usize)>,
}

impl Live {
    /// Puts an operation's commands in line. What they touch is no longer known, but for files that they
    /// write whole: where the writing succeeded, the file is what was written, and needs no asking. What is in line
    /// behind them goes out in the same job and runs only then, so there it is known at once.
    pub(super) fn owe(
        &self,
        call: &Call,
        commands: Commands,
        context: Arc<crate::options::Context>,
    ) -> OpResult {
        let result = OpResult::owed(Arc::clone(&call.subject));
        let mut touches = call.operation.touches();
        touches.extend(commands.also.iter().cloned());
        let forgotten = self.store.borrow_mut().forget(touches, &commands.effects, self.tick.get());
        let only_written = commands.only_write_files();
        let mut written = Vec::new();
        for (question, until) in forgotten {
            let id = &question.id;
            let stated = commands.states(id.fact, &id.key);
            match stated.filter(|_| only_written && id.context == context).cloned() {
                Some(answer) if self.must_settle(call) => written.push((question, answer, until)),
                Some(answer) => self.store.borrow_mut().assume(question, answer, until),
                None => self.along.borrow_mut().push((question, until)),
            }
        }
        let globals = call.globals.clone();
        self.owed.borrow_mut().push(Owed {
            about: About::of(call),
            work: Work {
                subject: Some(Arc::clone(&call.subject)),
                commands: commands.list.clone(),
                context,
                globals,
            },
            commands,
            result: result.clone(),
            written,
        });
        result
    }

    /// Whether the operation's result is needed before the script goes on.
    pub(super) fn must_settle(&self, call: &Call) -> bool {
        let globals = &call.globals;
        self.conduct.pace == Pace::Together
            || self.conduct.stream
            || globals.retries.unwrap_or(self.conduct.retries) > 0
            || globals.ignore_errors.unwrap_or(false)
            || globals.run_once.unwrap_or(false)
            || globals.serial.unwrap_or(false)
            || globals.parallel.is_some()
            || globals.get_pty.unwrap_or(false)
            || globals.timeout.is_some()
            || globals.retry_until.is_some()
            || globals.postcondition.is_some()
            || globals.on_success.is_some()
            || globals.on_error.is_some()
    }

    /// Sends what is owed, and asks.
    pub(super) fn flush(&self, questions: Vec<Question>) -> Result<()> {
        if self.owed.borrow().is_empty() && questions.is_empty() {
            return Ok(());
        }
        self.send(questions, true)
    }

    pub(super) fn send(&self, questions: Vec<Question>, last: bool) -> Result<()> {
        let owed = self.owed.take();
        let along = self.along.take();
        let mut all: Vec<Question> = Vec::new();
        let until: Vec<(QuestionId, usize)> =
            along.iter().map(|(question, until)| (question.id.clone(), *until)).collect();
        let mut seen = HashSet::new();
        for question in questions.into_iter().chain(along.into_iter().map(|(it, _)| it)) {
            if seen.insert(question.id.clone()) {
                all.push(question);
            }
        }
        let all = self.store.borrow().with_parents(all);
        let mut written = Vec::new();
        let (works, rest): (Vec<Work>, Vec<_>) = owed
            .into_iter()
            .map(|it| {
                written.push(it.written);
                (it.work, (it.about, it.commands, it.result))
            })
            .unzip();
        let started = Instant::now();
        let exchange = hold(&self.link).exchange(&works, all, self.conduct.stream);
        let Exchange { done, answers, cut } = match exchange {
            Ok(exchange) => exchange,
            Err(error) => return self.lost(error, &rest, started),
        };
        self.learn(answers, &until, written, &done);
        let mut outcome = Ok(());
        for ((done, (about, commands, result)), work) in done.into_iter().zip(rest).zip(works) {
            if outcome.is_ok() && done.started {
                outcome = self.conclude(done, &about, &commands, &result, &work, last);
            } else {
                // Behind a failure, or behind the operation that ran when the user ended the run.
                self.never_ran(&about);
                outcome = outcome.and(Err(Error::interrupted()));
            }
        }
        outcome.and(cut.map_or(Ok(()), Err))
    }

    /// Keeps what an exchange has told: answers, and the files that were written.
    fn learn(
        &self,
        answers: Vec<(Question, Result<Answer>)>,
        until: &[(QuestionId, usize)],
        written: Vec<Vec<(Question, Answer, usize)>>,
        done: &[Done],
    ) {
        let mut store = self.store.borrow_mut();
        for (question, answer) in answers {
            store.put(question, answer);
        }
        for (id, until) in until {
            store.needed(id, *until);
        }
        let has_succeeded = |it: &Done| it.started && it.failed.is_none();
        for (written, _) in written.into_iter().zip(done).filter(|(_, it)| has_succeeded(it)) {
            for (question, answer, until) in written {
                store.assume(question, answer, until);
            }
        }
    }

    /// The exchange itself failed before any operation of it ran.
    fn lost(
        &self,
        error: Error,
        rest: &[(About, Commands, OpResult)],
        started: Instant,
    ) -> Result<()> {
        if let Some((about, commands, result)) = rest.first()
            && error.kind != ErrorKind::Interrupted
        {
            let status = match error.kind {
                ErrorKind::Unreachable => Status::Unreachable,
                _ => Status::Failed,
            };
            let record = Record {
                error: Some(error.message.clone()),
                note: error.hint.clone(),
                commands: commands.shown(),
                ..self.record(about, status, started)
            };
            self.failed.set(true);
            result.settle(settled(&record));
            self.fleet.listener.event(&Event::Result(record));
            rest.iter().skip(1).for_each(|(about, ..)| self.never_ran(about));
        } else {
            for (about, ..) in rest {
                self.never_ran(about);
            }
        }
        Err(error)
    }

    /// Sends what is still owed when the script has ended, also where a failure of its own has ended it: what was
    /// called before takes effect. Not where the host's part is over.
    pub(crate) fn end(&self, ended: Option<ErrorKind>) -> Result<()> {
        if self.failed.get() {
            return Ok(());
        }
        match ended {
            Some(ErrorKind::Interrupted | ErrorKind::Unreachable) => {
                self.owed.take().iter().for_each(|it| self.never_ran(&it.about));
                Ok(())
            }
            _ => self.flush(Vec::new()),
        }
    }
}
