//! The stages that a run leads its hosts through: checked, planned, approved, live.

use std::sync::mpsc::{Receiver, Sender};
use std::thread;

use indexmap::IndexMap;

use super::hosts::{Go, Report};
use super::{Prepared, Run, exit};
use crate::error::ErrorKind;
use crate::event::{Change, Event, Listener as _, Plan, Planned};
use crate::execute::lockstep::{Lockstep, Pace};
use crate::place::Problem;
use crate::script::CallPath;

/// Hosts whose thread waits for word.
pub(super) struct Crew<'a> {
    pub(super) go: Vec<Sender<Go>>,
    pub(super) reports: &'a Receiver<(usize, Report)>,
}

impl Run<'_> {
    /// Leads the hosts through the stages. Returns the exit code of what is not counted per host.
    pub(super) fn lead(
        &self,
        crew: &Crew<'_>,
        lockstep: &Lockstep,
        approve: &(dyn Fn(&Plan) -> bool + Send + Sync),
    ) -> u8 {
        let everyone: Vec<usize> = (0..self.hosts.len()).collect();
        let Prepared::Program { planned, .. } = &self.program else {
            let answered = self.stage_all(crew, everyone, &Go::Facts);
            return if self.mistakes(answered) { exit::MISTAKE } else { exit::DONE };
        };
        if !planned && !self.settings.dry {
            return self.live(crew, lockstep, everyone);
        }
        // The script's own mistakes, before any host is touched.
        let checked = self.stage_all(crew, everyone.clone(), &Go::Check);
        if self.mistakes(checked) {
            return exit::MISTAKE;
        }
        if let Some(refusal) = &self.settings.refusal {
            self.tally.problems(vec![Problem::new(refusal.clone())]);
            return exit::MISTAKE;
        }
        let reports = self.stage_all(crew, everyone, &Go::Plan);
        let Ok((mut plan, mut ready)) = self.merge(reports) else { return exit::MISTAKE };
        let planned = ready.len();
        self.refuse_outdated(&mut plan, &mut ready);
        self.tally.event(&Event::Plan(plan.clone()));
        if self.fleet.interrupt.is_stopped() {
            return exit::INTERRUPTED;
        }
        if ready.is_empty() {
            // Where the saved plan holds for no host, nothing is changed.
            return if planned > 0 { exit::MISTAKE } else { exit::DONE };
        }
        if self.settings.dry {
            let fails = plan.failing().next().is_some();
            return if fails { exit::FAILED } else { exit::DONE };
        }
        if !approve(&plan) {
            return if self.fleet.interrupt.is_stopped() {
                exit::INTERRUPTED
            } else {
                exit::MISTAKE
            };
        }
        self.live(crew, lockstep, ready)
    }

    /// The plan of all hosts, in the order of the calls, and the hosts that are ready for it; an error where the script
    /// is wrong on some, which is told.
    fn merge(&self, reports: Vec<(usize, Report)>) -> Result<(Plan, Vec<usize>), ()> {
        let mut ready = Vec::new();
        let mut records: IndexMap<CallPath, Vec<Planned>> = IndexMap::new();
        let mut plan = Plan::default();
        let mut problems = Vec::new();
        for (index, report) in reports {
            match report {
                Report::Planned { records: own, open, stops, messages, basis } => {
                    ready.push(index);
                    for (path, record) in own {
                        records.entry(path).or_default().push(record);
                    }
                    let host = self.name(index);
                    plan.hosts.push(host.clone());
                    plan.open.extend(open.into_iter().map(|problem| (host.clone(), *problem)));
                    plan.stops.extend(stops);
                    plan.bases.extend(basis.map(|basis| (host.clone(), *basis)));
                    if self.settings.dry {
                        self.tally.messages(&host, messages);
                    }
                }
                Report::Problems(more) => problems.extend(more),
                Report::Unreachable(problem) => self.tally.unreachable(&self.name(index), problem),
                Report::Failed(problem) => self.tally.event(&Event::Problem(problem)),
                Report::Done => {}
            }
        }
        if !problems.is_empty() {
            self.tally.problems(problems);
            return Err(());
        }
        records.sort_unstable_keys();
        records.values_mut().for_each(|of_all| once_only(of_all));
        plan.records = records.into_values().flatten().collect();
        Ok((plan, ready))
    }

    /// The last stage: hosts that are not ready are left behind.
    fn live(&self, crew: &Crew<'_>, lockstep: &Lockstep, ready: Vec<usize>) -> u8 {
        for index in (0..self.hosts.len()).filter(|index| !ready.contains(index)) {
            lockstep.leave(index);
        }
        if self.settings.serial {
            for index in ready {
                let is_over = self.tally.is_over() || self.fleet.interrupt.is_stopped();
                let go = if is_over { Go::NotRun } else { Go::Live };
                self.stage_all(crew, vec![index], &go);
            }
        } else {
            self.stage_all(crew, ready, &Go::Live);
        }
        if self.fleet.interrupt.is_stopped() { exit::INTERRUPTED } else { exit::DONE }
    }

    /// Sends hosts on to a stage and waits for them, at most `--parallel` at a time; hosts in lock-step
    /// must all be under way, the operations keep the limit there.
    fn stage_all(&self, crew: &Crew<'_>, hosts: Vec<usize>, go: &Go) -> Vec<(usize, Report)> {
        let free = matches!(go, Go::Live) && self.pace() == Pace::Together;
        let limit = match self.settings.parallel {
            // This only computes: more threads than processors would take turns.
            _ if matches!(go, Go::Check) => thread::available_parallelism().map_or(2, usize::from),
            0 => usize::MAX,
            _ if free => usize::MAX,
            limit => limit,
        };
        let mut waiting = hosts.into_iter();
        let mut running = 0;
        let mut reports = Vec::new();
        loop {
            while running < limit
                && let Some(index) = waiting.next()
            {
                if crew.go.get(index).is_some_and(|host| host.send(go.clone()).is_ok()) {
                    running += 1;
                }
            }
            if running == 0 {
                break;
            }
            match crew.reports.recv() {
                Ok(report) => reports.push(report),
                Err(_) => break,
            }
            running -= 1;
        }
        reports.sort_by_key(|(index, _)| *index);
        reports
    }

    /// Tells the mistakes that were found; true where there are some. The same mistake on many hosts is
    /// told once.
    fn mistakes(&self, reports: Vec<(usize, Report)>) -> bool {
        let problems: Vec<Problem> = reports
            .into_iter()
            .filter_map(|(_, report)| match report {
                Report::Problems(problems) => Some(problems),
                _ => None,
            })
            .flatten()
            .filter(|problem| problem.error.kind == ErrorKind::Usage)
            .collect();
        let found = !problems.is_empty();
        self.tally.problems(problems);
        found
    }
}

/// Of an operation that runs once, the first host shows what it does; the others get its result.
fn once_only(records: &mut [Planned]) {
    let is_run = |it: &&mut Planned| it.once && it.change != Change::Skip;
    for record in records.iter_mut().filter(is_run).skip(1) {
        record.change = Change::Skip;
        record.note = Some("runs on the first host only".to_owned());
        record.commands.clear();
        record.diff.clear();
    }
}
