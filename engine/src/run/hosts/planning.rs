//! How a host is planned: the script is evaluated until no question is open, and once more for each decision by a
//! value that is not known yet.

use std::convert::Infallible;
use std::rc::Rc;
use std::sync::Arc;

use indexmap::IndexMap;

use super::{HostRun, Report, on};
use crate::error::{Error, ErrorKind};
use crate::event::{Change, Planned, Stop};
use crate::fleet::hold;
use crate::place::Problem;
use crate::plan::{DECISIONS, Ended, Prediction, Reversed, Round, further, is_same};
use crate::script::{CallPath, Driver, Program};

/// More rounds than this mean that the script asks without end.
const ROUNDS: usize = 1000;

impl HostRun {
    /// Evaluates without asking, for the mistakes that the script alone shows.
    pub(super) fn check(&self, prediction: &Rc<Prediction>, program: &Program) -> Report {
        let evaluate = |reversed: &Reversed| {
            prediction.begin(reversed);
            self.evaluate(Rc::clone(prediction) as Rc<dyn Driver>, program)
        };
        let ended = evaluate(&Reversed::new());
        if ended.is_ok() {
            return Report::Done;
        }
        let reversed = further((prediction.decisions(), &ended), |reversed| {
            let ended = evaluate(reversed);
            Ok::<_, Infallible>((prediction.decisions(), ended))
        });
        let Ok(reversed) = reversed;
        match evaluate(&reversed) {
            Ok(()) => Report::Done,
            // Who stumbles over a value that is not known yet makes no mistake.
            Err(problems) if problems.iter().all(|it| it.error.kind == ErrorKind::Unknown) => {
                Report::Done
            }
            Err(problems) => Report::Problems(problems),
        }
    }

    /// Connects, asks what the script asks until nothing is open, and tells what it would do.
    pub(super) fn plan(&self, prediction: &Rc<Prediction>, program: &Program) -> Report {
        prediction.go_online();
        if let Err(error) = hold(&self.link).connect() {
            return Report::lost(&self.host.name, error);
        }
        self.planned(prediction, program).unwrap_or_else(|report| report)
    }

    fn planned(&self, prediction: &Rc<Prediction>, program: &Program) -> Result<Report, Report> {
        let settle = |reversed: &Reversed| self.settle(prediction, program, reversed);
        let (mut base, mut ended) = settle(&Reversed::new())?;
        let reversed = further((base.decisions.len(), &ended), |reversed| {
            settle(reversed).map(|(round, ended)| (round.decisions.len(), ended))
        })?;
        if !reversed.is_empty() {
            (base, ended) = settle(&reversed)?;
        }
        let open = self.ending(ended.clone(), &base)?;
        let mut stops = Vec::new();
        for (index, why) in base.decisions.iter().enumerate().take(DECISIONS) {
            let only = Reversed::from([index]);
            let (other, other_ended) = settle(&(&reversed ^ &only))?;
            let is_stop = other_ended.is_err() && !is_same(&ended, &other_ended);
            join(&mut base.records, other.records, why, is_stop);
            if let Some(problem) = other_ended.err().and_then(|it| it.into_iter().next())
                && is_stop
            {
                let (host, why) = (self.host.name.clone(), Arc::clone(why));
                stops.push(Stop { host, problem, why });
            }
        }
        let basis = prediction.basis(&base.records).map(Box::new);
        let Round { records, messages, touches, .. } = base;
        prediction.store.borrow_mut().plan(touches);
        Ok(Report::Planned { records, open, stops, messages, basis })
    }

    /// Evaluates until no question is open.
    fn settle(
        &self,
        prediction: &Rc<Prediction>,
        program: &Program,
        reversed: &Reversed,
    ) -> Result<(Round, Ended), Report> {
        for _ in 0..ROUNDS {
            if self.fleet.interrupt.is_stopped() {
                return Err(Report::Done);
            }
            if let Err(error) = prediction.ask_all() {
                return Err(Report::lost(&self.host.name, error));
            }
            if self.fleet.interrupt.is_stopped() {
                return Err(Report::Done);
            }
            prediction.begin(reversed);
            let ended = self.evaluate(Rc::clone(prediction) as Rc<dyn Driver>, program);
            if !prediction.is_open() {
                return Ok((prediction.finish(), ended));
            }
        }
        let error = Error::usage("the script asks for ever new facts")
            .hint("a loop asks a fact with new arguments each time");
        Err(Report::Problems(vec![on(&self.host.name, error)]))
    }

    /// What an evaluation's end means for the plan: nothing, an open end, or mistakes.
    fn ending(&self, ended: Ended, round: &Round) -> Result<Option<Box<Problem>>, Report> {
        let Err(problems) = ended else { return Ok(None) };
        let usage = problems.iter().any(|it| it.error.kind == ErrorKind::Usage);
        // A script that stumbles over a value that is not known yet is no wrong script.
        if usage && !round.met_unknown {
            return Err(Report::Problems(problems.into_iter().map(|it| self.named(it)).collect()));
        }
        let mut first = problems.into_iter().next();
        if let Some(problem) = first.as_mut().filter(|_| round.met_unknown) {
            // With what is known then, it may not come to that.
            problem.error.kind = ErrorKind::Unknown;
        }
        Ok(first.map(Box::new))
    }
}

/// Joins what the plan says where a decision goes the other way: what is the same both ways stays, the
/// rest depends on the decision. Where the other way only ends the script, nothing of what the plan says else does.
fn join(
    base: &mut Vec<(CallPath, Planned)>,
    other: Vec<(CallPath, Planned)>,
    why: &str,
    is_stop: bool,
) {
    let mut others: IndexMap<CallPath, Planned> = other.into_iter().collect();
    for (path, record) in base.iter_mut() {
        let same = others.shift_remove(path).map(|it| it.change == record.change);
        if !same.unwrap_or(is_stop)
            && matches!(record.change, Change::Change | Change::None | Change::Fail)
        {
            depend(record, why);
        }
    }
    for (path, mut record) in others {
        depend(&mut record, why);
        base.push((path, record));
    }
    base.sort_by(|a, b| a.0.cmp(&b.0));
}

fn depend(record: &mut Planned, why: &str) {
    record.change = Change::Unknown;
    record.note = Some(format!("depends on a value that is {why}"));
}
