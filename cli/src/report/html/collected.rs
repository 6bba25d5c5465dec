//! What the page is written from: operations, hosts, troubles and messages as the run tells them.

use std::sync::Arc;
use std::time::Instant;

use indexmap::IndexMap;
use infra_engine::error::Error;
use infra_engine::event::{Change, Plan, Planned, Record, Stop, Subject};
use infra_engine::place::Problem;

use crate::words::add;

/// What is known of a run.
pub(super) struct Run {
    pub(super) start: Instant,
    pub(super) date: String,
    pub(super) hosts: Vec<String>,
    pub(super) is_dry: bool,
    /// Each call of an operation, in the order in which they ended or are planned.
    pub(super) operations: Vec<Operation>,
    /// Which call of an operation is the next one of a host, as loops call it several times.
    pub(super) calls: IndexMap<(Arc<Subject>, String), usize>,
    pub(super) troubles: Vec<(Option<String>, String)>,
    pub(super) messages: Vec<(Option<String>, String)>,
}

/// One call of an operation on all hosts.
pub(super) struct Operation {
    pub(super) subject: Arc<Subject>,
    pub(super) call: usize,
    pub(super) cells: IndexMap<String, Cell>,
}

/// One operation on one host.
pub(super) enum Cell {
    Done { record: Record, from: f64, to: f64 },
    Planned(Planned),
}

impl Run {
    pub(super) fn plan(&mut self, plan: &Plan) {
        for record in &plan.records {
            self.put(&record.subject, &record.host, Cell::Planned(record.clone()));
        }
        for Stop { host, problem, why } in &plan.stops {
            let hint = Some(format!("it may stop here: this depends on a value that is {why}"));
            let error = Error { hint, ..problem.error.clone() };
            self.trouble(Some(host), &Problem { error, ..problem.clone() });
        }
        for (host, problem) in &plan.open {
            self.trouble(Some(host), problem);
        }
    }

    pub(super) fn result(&mut self, record: &Record) {
        let to = self.start.elapsed().as_secs_f64();
        let from = (to - record.seconds).max(0.0);
        let cell = Cell::Done { record: record.clone(), from, to };
        self.put(&record.subject, &record.host, cell);
    }

    fn put(&mut self, subject: &Arc<Subject>, host: &str, cell: Cell) {
        let next = self.calls.entry((Arc::clone(subject), host.to_owned())).or_default();
        let number = *next;
        *next += 1;
        let same = |it: &&mut Operation| it.call == number && it.subject == *subject;
        if let Some(operation) = self.operations.iter_mut().rev().find(same) {
            operation.cells.insert(host.to_owned(), cell);
            return;
        }
        let cells = IndexMap::from([(host.to_owned(), cell)]);
        self.operations.push(Operation { subject: Arc::clone(subject), call: number, cells });
    }

    pub(super) fn trouble(&mut self, host: Option<&String>, problem: &Problem) {
        let mut text = String::new();
        if let Some(place) = &problem.place {
            add(&mut text, format_args!("{place}: "));
        }
        text.push_str(&problem.error.message);
        if let Some(hint) = &problem.error.hint {
            add(&mut text, format_args!("\n{hint}"));
        }
        self.troubles.push((host.cloned(), text));
    }
}

impl Cell {
    pub(super) fn class(&self) -> &'static str {
        match self {
            Self::Done { record, .. } => record.status.word(),
            Self::Planned(planned) => match planned.change {
                Change::Change => "change",
                Change::None => "ok",
                Change::Unknown => "unknown",
                Change::Fail => "failed",
                Change::Skip => "skipped",
            },
        }
    }

    /// Whether there is more to say than how it ended.
    pub(super) fn is_news(&self) -> bool {
        !matches!(self.class(), "ok" | "skipped" | "not-run")
    }
}

/// What a cell can be, in the order in which that is counted.
pub(super) const CLASSES: &[&str] = &[
    "changed",
    "change",
    "unknown",
    "ok",
    "failed",
    "ignored",
    "skipped",
    "not-run",
    "unreachable",
];

pub(super) fn word(class: &str) -> &str {
    match class {
        "change" => "to change",
        "unknown" => "not known yet",
        "not-run" => "not run",
        other => other,
    }
}
