//! The live evaluation of a host's script, and what is told of its end.

use std::rc::Rc;

use super::{HostRun, Report};
use crate::error::ErrorKind;
use crate::event::{Event, Planned, Record, Status};
use crate::execute::live::Live;
use crate::known::FactStore;
use crate::place::Problem;
use crate::script::{CallPath, Driver, Program};

impl HostRun {
    /// Runs the script, then tells what it did not come to.
    pub(super) fn live(
        &self,
        program: &Program,
        store: FactStore,
        planned: &[(CallPath, Planned)],
    ) -> Report {
        let live = Live::new(self.index, &self.host, &self.link, &self.fleet, &self.conduct, store);
        let mut ended = self.evaluate(Rc::clone(&live) as Rc<dyn Driver>, program);
        let why = ended.as_ref().err().and_then(|problems| Some(problems.first()?.error.kind));
        if let Err(error) = live.end(why) {
            ended = Err(vec![Problem::new(error)]);
        }
        match ended {
            Ok(()) => {
                self.fleet.listener.event(&Event::HostEnd { host: self.host.name.clone() });
            }
            Err(problems) => self.end_early(&live, problems, planned),
        }
        // The others wait until it is told, so that a mistake on many hosts is told of all of them at once.
        self.conduct.lockstep.leave(self.index);
        Report::Done
    }

    fn end_early(&self, live: &Live, problems: Vec<Problem>, planned: &[(CallPath, Planned)]) {
        for problem in problems {
            match problem.error.kind {
                ErrorKind::Interrupted => {}
                ErrorKind::Unreachable => {
                    let problem = self.named(problem);
                    let host = self.host.name.clone();
                    self.fleet.listener.event(&Event::Unreachable { host, problem });
                }
                // The operation's own record has told it.
                ErrorKind::Failed if live.failed.get() => {}
                kind => {
                    let mut problem = self.named(problem);
                    if kind == ErrorKind::Unknown {
                        // In the run that is only what an earlier try has not kept.
                        let hint = "run it anew without `--resume`";
                        problem.error.hint.get_or_insert_with(|| hint.to_owned());
                    }
                    self.fleet.listener.event(&Event::Problem(problem));
                }
            }
        }
        self.not_run(planned, live.reached.borrow().as_ref());
    }

    /// Tells which planned operations the host did not come to: those behind the furthest that it came to.
    pub(super) fn not_run(&self, planned: &[(CallPath, Planned)], furthest: Option<&CallPath>) {
        for (_, record) in planned.iter().filter(|(path, _)| furthest.is_none_or(|it| path > it)) {
            let not_run = Record::new(&record.subject, &record.host, Status::NotRun);
            self.fleet.listener.event(&Event::Result(Record { once: record.once, ..not_run }));
        }
    }
}
