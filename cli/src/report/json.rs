//! Events as JSON: the machine-readable output, and the log.

use std::io::Write;
use std::sync::{Mutex, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use infra_engine::command::{Diff, scrub};
use infra_engine::event::{Change, Event, HostSummary, Listener, Planned, Record, Stop, Subject};
use infra_engine::place::{Place, Problem};
use serde_json::{Value, json};

use super::diff;

/// The version of the format; it rises when a field changes its meaning or goes away.
const VERSION: u32 = 1;

/// What is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Selection {
    /// What a program that runs `infra` wants to know.
    Run,
    /// Only facts, one object for each fact and host.
    Facts,
    /// Everything, with the time at which it happened.
    Log,
}

/// Writes events as JSON lines.
pub(crate) struct Json<W> {
    out: Mutex<W>,
    selection: Selection,
}

impl<W: Write + Send> Json<W> {
    /// Writes to `out`, flushed after each line.
    pub(crate) fn new(out: W, selection: Selection) -> Self {
        Self { out: Mutex::new(out), selection }
    }

    fn line(&self, mut value: Value) {
        if self.selection == Selection::Log
            && let Some(object) = value.as_object_mut()
        {
            let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
            object.insert("time".to_owned(), json!(now.as_secs_f64()));
        }
        let mut out = self.out.lock().unwrap_or_else(PoisonError::into_inner);
        // A reader that went away does not end the run half-way.
        let _ = writeln!(out, "{value}").and_then(|()| out.flush());
    }
}

impl<W: Write + Send> Listener for Json<W> {
    fn event(&self, event: &Event) {
        if let Event::Plan(plan) = event
            && self.selection != Selection::Facts
        {
            plan.records.iter().for_each(|record| self.line(planned(record)));
            for stop in &plan.stops {
                self.line(may_stop(stop));
            }
            for (host, problem) in &plan.open {
                self.line(located("open", Some(host), problem));
            }
            return;
        }
        let value = match self.selection {
            Selection::Facts => fact(event),
            Selection::Run => told(event),
            Selection::Log => told(event).or_else(|| fact(event)).or_else(|| detail(event)),
        };
        if let Some(value) = value {
            self.line(value);
        }
    }
}

/// What is told to programs.
fn told(event: &Event) -> Option<Value> {
    Some(match event {
        Event::Start { hosts, dry } => {
            json!({"event": "start", "version": VERSION, "hosts": hosts, "dry": dry})
        }
        Event::Result(record) => result(record),
        Event::Unreachable { host, problem } => located("unreachable", Some(host), problem),
        Event::Problem(problem) => located("problem", problem.host.as_deref(), problem),
        Event::Message { host, text, warning } => {
            json!({"event": "message", "host": host, "text": text, "warning": warning})
        }
        Event::Retry { subject, host, attempt, attempts, delay, error } => {
            let mut value = about("retry", subject, host);
            extend(
                &mut value,
                json!({"attempt": attempt, "attempts": attempts, "delay": delay,
                "error": error}),
            );
            value
        }
        Event::Summary(summary) => {
            let hosts: serde_json::Map<String, Value> =
                summary.hosts.iter().map(|(name, it)| (name.clone(), counts(it))).collect();
            json!({"event": "summary", "hosts": hosts, "seconds": summary.seconds,
                "exit": summary.exit})
        }
        _ => return None,
    })
}

fn fact(event: &Event) -> Option<Value> {
    match event {
        Event::FactValue { fact, arguments, host, value: Ok(value) } => {
            Some(json!({"fact": fact, "args": arguments, "host": host, "value": value}))
        }
        Event::FactValue { fact, arguments, host, value: Err(problem) } => Some(json!({
            "fact": fact, "args": arguments, "host": host, "value": null,
            "error": problem.error.message})),
        _ => None,
    }
}

/// What only the log has.
fn detail(event: &Event) -> Option<Value> {
    Some(match event {
        Event::Connected { host, seconds } => {
            json!({"event": "connected", "host": host, "seconds": seconds})
        }
        Event::OperationStart { subject, hosts } => {
            let mut value = about("operation-start", subject, "");
            extend(&mut value, json!({"hosts": hosts}));
            value
        }
        Event::OperationEnd { subject } => about("operation-end", subject, ""),
        Event::Running { subject, host, .. } => about("running", subject, host),
        Event::Waiting { subject, host, seconds, line } => {
            let mut value = about("waiting", subject, host);
            extend(&mut value, json!({"seconds": seconds, "line": line}));
            value
        }
        Event::Output { host, stderr, bytes } => {
            let text = String::from_utf8_lossy(bytes);
            json!({"event": "output", "host": host, "stderr": stderr, "text": scrub(&text)})
        }
        Event::Command { host, line } => {
            json!({"event": "command", "host": host, "command": scrub(line)})
        }
        Event::Fact { host, fact } => json!({"event": "fact", "host": host, "fact": fact}),
        _ => return None,
    })
}

/// What one operation will do on one host.
pub(crate) fn planned(record: &Planned) -> Value {
    let change = match record.change {
        Change::Change => "change",
        Change::None | Change::Skip => "none",
        // What will fail as things are may still succeed after what comes before it.
        Change::Unknown | Change::Fail => "unknown",
    };
    let mut value = about("plan", &record.subject, &record.host);
    extend(
        &mut value,
        json!({"change": change, "commands": record.commands,
        "diff": differences(&record.diff), "note": record.note}),
    );
    value
}

/// One host's result of an operation.
pub(crate) fn result(record: &Record) -> Value {
    let mut value = about("result", &record.subject, &record.host);
    extend(
        &mut value,
        json!({"status": record.status.word(), "commands": record.commands,
        "stdout": record.stdout, "stderr": record.stderr, "code": record.code,
        "seconds": record.seconds, "diff": differences(&record.diff), "error": record.error,
        "note": record.note}),
    );
    value
}

fn about(event: &str, subject: &Subject, host: &str) -> Value {
    json!({"event": event, "operation": subject.label, "op": subject.operation,
        "at": place(&subject.place), "host": host})
}

fn located(event: &str, host: Option<&str>, problem: &Problem) -> Value {
    json!({"event": event, "host": host, "at": problem.place.as_ref().map(place),
        "error": problem.error.message, "hint": problem.error.hint})
}

fn may_stop(stop: &Stop) -> Value {
    let Problem { error, place: at, .. } = &stop.problem;
    json!({"event": "stop", "host": stop.host, "at": at.as_ref().map(place),
        "error": error.message, "hint": error.hint, "depends": *stop.why})
}

/// A mistake as a JSON object.
pub(crate) fn problem(problem: &Problem) -> Value {
    located("problem", problem.host.as_deref(), problem)
}

fn place(place: &Place) -> Value {
    if place.file.is_empty() { Value::Null } else { Value::String(place.to_string()) }
}

fn differences(diffs: &[Diff]) -> Value {
    let text = diff::unified(diffs);
    if text.is_empty() { Value::Null } else { Value::String(text) }
}

fn counts(host: &HostSummary) -> Value {
    json!({"changed": host.changed, "ok": host.ok, "failed": host.failed,
        "ignored": host.ignored, "skipped": host.skipped, "not_run": host.not_run,
        "unreachable": host.unreachable})
}

fn extend(value: &mut Value, more: Value) {
    if let (Some(object), Value::Object(more)) = (value.as_object_mut(), more) {
        object.extend(more);
    }
}
