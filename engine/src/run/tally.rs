//! Counts what happens on the way to the listener, for the summary and the exit code.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use indexmap::IndexMap;

use super::exit;
use crate::command::scrub;
use crate::event::{Event, HostSummary, Listener, Status, Summary};
use crate::execute::lockstep::is_beyond;
use crate::place::Problem;

/// A listener that counts, and passes everything on, one event at a time.
pub(super) struct Tally {
    listener: Arc<dyn Listener>,
    counts: Mutex<Counts>,
}

#[derive(Default)]
struct Counts {
    hosts: IndexMap<String, HostSummary>,
    /// Hosts that are out of the run.
    lost: HashSet<String>,
    limit: Option<Limit>,
    over: bool,
    is_told: bool,
}

struct Limit {
    percent: f64,
    stop: Box<dyn Fn() + Send>,
}

impl Tally {
    pub(super) fn new(hosts: &[String], listener: Arc<dyn Listener>) -> Self {
        let hosts = hosts.iter().map(|name| (name.clone(), HostSummary::default())).collect();
        Self { listener, counts: Mutex::new(Counts { hosts, ..Counts::default() }) }
    }

    /// Calls `stop` once more than so many percent of the hosts are lost.
    pub(super) fn stop_beyond(&self, percent: Option<f64>, stop: Box<dyn Fn() + Send>) {
        self.counts().limit = percent.map(|percent| Limit { percent, stop });
    }

    /// Whether too many hosts are lost.
    pub(super) fn is_over(&self) -> bool {
        self.counts().over
    }

    /// Tells problems; those that are the same but for the host, once.
    pub(super) fn problems(&self, problems: Vec<Problem>) {
        let mut seen: IndexMap<String, (Problem, Vec<String>)> = IndexMap::new();
        for problem in problems {
            let host = problem.host.clone();
            let known = seen.entry(problem.to_string()).or_insert_with(|| (problem, Vec::new()));
            known.1.extend(host);
        }
        for (_, (mut problem, hosts)) in seen {
            problem.host = match hosts.as_slice() {
                [] => None,
                _ if hosts.len() == self.counts().hosts.len() => None,
                [one] => Some(one.clone()),
                [first, ..] => Some(format!("{first} and {} more", hosts.len() - 1)),
            };
            self.event(&Event::Problem(problem));
        }
    }

    /// Tells what a script said for a host.
    pub(super) fn messages(&self, host: &str, messages: Vec<(String, bool)>) {
        for (text, warning) in messages {
            let text = scrub(&text).into_owned();
            self.event(&Event::Message { host: Some(host.to_owned()), text, warning });
        }
    }

    /// A host cannot be reached.
    pub(super) fn unreachable(&self, host: &str, problem: Problem) {
        self.event(&Event::Unreachable { host: host.to_owned(), problem });
    }

    /// How it all ended. `own` is what the run itself says.
    pub(super) fn summary(&self, seconds: f64, own: u8) -> Summary {
        let counts = self.counts();
        let failed = counts.hosts.values().any(|host| host.failed > 0);
        let unreachable = counts.hosts.values().any(|host| host.unreachable);
        let exit = match own {
            exit::DONE if failed => exit::FAILED,
            exit::DONE if unreachable => exit::UNREACHABLE,
            other => other,
        };
        Summary { hosts: counts.hosts.clone(), seconds, exit }
    }

    fn count(&self, event: &Event) {
        let mut counts = self.counts();
        match event {
            Event::Result(record) => {
                let Some(host) = counts.hosts.get_mut(&record.host) else { return };
                match record.status {
                    Status::Changed => host.changed += 1,
                    Status::Ok => host.ok += 1,
                    Status::Failed => host.failed += 1,
                    Status::Ignored => host.ignored += 1,
                    Status::Skipped => host.skipped += 1,
                    Status::NotRun => host.not_run += 1,
                    Status::Unreachable => host.unreachable = true,
                }
                let ends = match record.status {
                    Status::Failed => !record.caught,
                    Status::Unreachable => true,
                    _ => false,
                };
                if ends {
                    counts.lose(&record.host);
                }
            }
            Event::Unreachable { host, .. } => {
                if let Some(it) = counts.hosts.get_mut(host) {
                    it.unreachable = true;
                }
                counts.lose(host);
            }
            Event::Problem(problem) => {
                let Some(name) = &problem.host else { return };
                if let Some(host) = counts.hosts.get_mut(name) {
                    host.failed += 1;
                }
                counts.lose(name);
            }
            Event::FactValue { host, value: Err(_), .. } => {
                if let Some(it) = counts.hosts.get_mut(host)
                    && !it.unreachable
                {
                    it.failed += 1;
                }
            }
            _ => {}
        }
    }

    fn counts(&self) -> MutexGuard<'_, Counts> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Counts {
    fn lose(&mut self, host: &str) {
        self.lost.insert(host.to_owned());
        let Some(limit) = &self.limit else { return };
        if !self.over && is_beyond(self.lost.len(), self.hosts.len(), limit.percent) {
            self.over = true;
            (limit.stop)();
        }
    }

    /// What is to be said when too many hosts are lost, once.
    fn ending(&mut self) -> Option<String> {
        let limit = self.limit.as_ref().filter(|_| self.over && !self.is_told)?;
        self.is_told = true;
        let (lost, hosts) = (self.lost.len(), self.hosts.len());
        let is_rest = lost < hosts;
        is_rest.then(|| {
            format!("the run ends: {lost} of {hosts} hosts are lost, more than {} %", limit.percent)
        })
    }
}

impl Listener for Tally {
    fn wants_answers(&self) -> bool {
        self.listener.wants_answers()
    }

    fn event(&self, event: &Event) {
        self.count(event);
        self.listener.event(&event.without_secrets());
        let ending = self.counts().ending();
        if let Some(text) = ending {
            self.listener.event(&Event::Message { host: None, text, warning: true });
        }
    }

    fn ask(&self, question: &str, hidden: bool) -> Option<String> {
        self.listener.ask(question, hidden)
    }
}
