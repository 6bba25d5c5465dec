//! What the script asks of a live run: operations, facts, commands, messages, blocks.

use std::sync::Arc;

use super::Live;
use crate::command::{Commands, Scope, Shell, scrub};
use crate::error::{Error, ErrorKind, Result};
use crate::event::{Event, Status};
use crate::execute::lockstep::Turn;
use crate::fact::AnyFact;
use crate::fleet::hold;
use crate::host::{Host, Source};
use crate::link::Work;
use crate::options::GlobalArgs;
use crate::script::{Call, CallPath, Driver, Limits, OpResult, Settled};
use crate::value::{Map, Value};

impl Driver for Live {
    fn is_interrupted(&self) -> bool {
        self.fleet.interrupt.is_stopped()
    }

    fn operation(&self, mut call: Call) -> Result<OpResult> {
        self.next_tick();
        call.key = self.keys.of(&call, &self.fleet.project);
        let turn = self.turn(&call)?;
        if matches!(turn, Turn::Stop) {
            return Err(Error::interrupted());
        }
        self.come_to(&call.path);
        if let Turn::Take(shared) = turn {
            return self.take(&call, *shared);
        }
        let result = match self.done_before(&call) {
            Some(result) => Ok(result),
            None => self.perform(&call),
        };
        self.conduct.lockstep.finished(self.index, &call.path);
        if call.globals.run_once.unwrap_or(false) {
            let shared = match &result {
                Ok(result) => result.read()?,
                Err(error) => Settled {
                    status: Some(Status::Failed),
                    stderr: error.message.clone(),
                    ..Settled::default()
                },
            };
            self.conduct.lockstep.share(&call.path, shared);
        }
        result
    }

    fn fact(&self, fact: &dyn AnyFact, globals: &GlobalArgs, host: Option<&str>) -> Result<Value> {
        self.next_tick();
        let context = Arc::new(globals.context());
        let answer = match host {
            None => fact.answer(&Host::new(self, context))?,
            Some(name) => {
                self.observe()?;
                fact.answer(&Host::new(&self.fleet.other(name)?, context))?
            }
        };
        Ok(Value::from(answer.to_json()))
    }

    fn run(&self, command: &str, globals: &GlobalArgs) -> Result<Value> {
        self.observe()?;
        let commands = Commands::from(Shell::verbatim(command)).list;
        // What the command returns is its result, not a failure.
        let globals = GlobalArgs { ignore_errors: Some(true), ..globals.clone() };
        let context = Arc::new(globals.context());
        let forgotten = self.store.borrow_mut().forget(vec![Scope::Anything], &[], self.tick.get());
        self.along.borrow_mut().extend(forgotten);
        let work = Work { subject: None, commands, context, globals };
        let exchange = hold(&self.link).exchange(&[work], Vec::new(), false)?;
        let done = exchange.done.into_iter().next().unwrap_or_default();
        let Some(output) = done.outputs.into_iter().next() else {
            return Err(done.failed.map_or_else(Error::interrupted, |(_, error)| error));
        };
        let text = |bytes: &[u8]| Value::Text(String::from_utf8_lossy(bytes).into_owned());
        Ok(Value::Map(Map::from([
            ("stdout".to_owned(), text(&output.stdout)),
            ("stderr".to_owned(), text(&output.stderr)),
            ("code".to_owned(), Value::Int(output.code.into())),
        ])))
    }

    fn settle(&self, _result: &OpResult) -> Result<()> {
        self.flush(Vec::new())
    }

    fn decide(&self, why: &Arc<str>) -> Result<bool> {
        Err(Error::unknown(Arc::clone(why)))
    }

    fn log(&self, text: &str, warning: bool) -> Result<()> {
        self.observe()?;
        let text = scrub(text).into_owned();
        let host = Some(self.host.name.clone());
        self.fleet.listener.event(&Event::Message { host, text, warning });
        Ok(())
    }

    fn observe(&self) -> Result<()> {
        self.flush(Vec::new())
    }

    fn source(&self) -> &dyn Source {
        self
    }

    fn met_unknown(&self) {}

    fn attempt(&self, begins: bool) {
        let open = self.attempts.get();
        self.attempts.set(if begins { open + 1 } else { open.saturating_sub(1) });
    }

    fn recover(&self, error: &Error) -> Option<String> {
        if !matches!(error.kind, ErrorKind::Failed | ErrorKind::Usage) {
            return None;
        }
        let reported = self.failed.replace(false);
        let why = self.failure.take().filter(|_| reported);
        Some(why.unwrap_or_else(|| error.message.clone()))
    }

    fn gather(&self, path: &CallPath, value: Value) -> Result<Map> {
        self.conduct.lockstep.say(self.index, path, value);
        self.meet(path)?;
        let names = self.fleet.selected.iter().enumerate();
        let said = |index| self.conduct.lockstep.said(index, path).unwrap_or_default();
        Ok(names.map(|(index, name)| (name.clone(), said(index))).collect())
    }

    fn acts(&self) -> bool {
        true
    }

    fn enter(&self, path: &CallPath, limits: Limits) -> Result<usize> {
        self.flush(Vec::new())?;
        if self.fleet.interrupt.is_stopped() {
            return Err(Error::interrupted());
        }
        let batch = self.conduct.lockstep.enter(self.index, path, limits.at_a_time);
        batch.ok_or_else(Error::interrupted)
    }

    fn begin_batch(&self, block: &CallPath, path: &CallPath, before: usize) -> Result<()> {
        if before > 0 {
            self.meet(path)?;
        }
        if self.conduct.lockstep.has_failed(block, before) {
            return Err(Error::failed("not begun: the block failed on a host before this one"));
        }
        Ok(())
    }

    fn leave(&self, path: &CallPath, label: &str, limits: Limits, failed: bool) -> Result<()> {
        // What the block still owes belongs to it.
        let ended = if failed { Ok(()) } else { self.flush(Vec::new()) };
        let failed = failed || ended.is_err();
        let lockstep = &self.conduct.lockstep;
        let beyond = lockstep.exit(self.index, path, failed, limits.fail_percent);
        if let Some((lost, hosts)) = beyond {
            let percent = limits.fail_percent.unwrap_or_default();
            let text = format!(
                "the run ends: `{label}` failed on {lost} of {hosts} hosts, more than {percent} %"
            );
            self.fleet.listener.event(&Event::Message { host: None, text, warning: true });
        }
        ended
    }
}
