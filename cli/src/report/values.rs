//! Data on standard output: what commands printed, and facts.

use std::collections::HashMap;
use std::io::Write;
use std::sync::{Mutex, PoisonError};

use indexmap::IndexMap;
use infra_engine::event::{Event, Listener};
use serde_json::{Value, json};

/// What `exec` prints: one host's output as it is; several hosts' lines with their names.
pub(crate) struct ExecOutput<O, E> {
    state: Mutex<ExecState<O, E>>,
}

struct ExecState<O, E> {
    out: O,
    err: E,
    is_single: bool,
    pending: HashMap<(String, bool), Vec<u8>>,
}

impl<O: Write + Send, E: Write + Send> ExecOutput<O, E> {
    /// Writes standard output to `out`, standard error to `err`.
    pub(crate) fn new(out: O, err: E) -> Self {
        let pending = HashMap::new();
        Self { state: Mutex::new(ExecState { out, err, is_single: false, pending }) }
    }
}

impl<O: Write + Send, E: Write + Send> Listener for ExecOutput<O, E> {
    fn event(&self, event: &Event) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        match event {
            Event::Start { hosts, .. } => state.is_single = hosts.len() == 1,
            Event::Output { bytes, stderr, .. } if state.is_single => state.write(*stderr, bytes),
            Event::Output { host, stderr, bytes } => state.lines(host, *stderr, bytes),
            Event::Result(record) => state.finish(&record.host),
            Event::Summary(_) => {
                let hosts: Vec<String> =
                    state.pending.keys().map(|(host, _)| host.clone()).collect();
                for host in &hosts {
                    state.finish(host);
                }
            }
            _ => {}
        }
    }
}

impl<O: Write, E: Write> ExecState<O, E> {
    fn write(&mut self, stderr: bool, bytes: &[u8]) {
        // A reader that went away does not end the command on other hosts.
        let _ = if stderr {
            self.err.write_all(bytes).and_then(|()| self.err.flush())
        } else {
            self.out.write_all(bytes).and_then(|()| self.out.flush())
        };
    }

    /// Writes the whole lines of a host's output and keeps the rest.
    fn lines(&mut self, host: &str, stderr: bool, bytes: &[u8]) {
        let pending = self.pending.entry((host.to_owned(), stderr)).or_default();
        pending.extend_from_slice(bytes);
        let Some(end) = pending.iter().rposition(|it| *it == b'\n') else { return };
        let whole: Vec<u8> = pending.drain(..=end).collect();
        self.write(stderr, &prefixed(host, &whole));
    }

    /// Writes what a host printed without a line end at the end.
    fn finish(&mut self, host: &str) {
        for stderr in [false, true] {
            let rest = self.pending.remove(&(host.to_owned(), stderr)).unwrap_or_default();
            if !rest.is_empty() {
                self.write(stderr, &prefixed(host, &rest));
            }
        }
    }
}

fn prefixed(host: &str, bytes: &[u8]) -> Vec<u8> {
    let mut text = Vec::new();
    for line in bytes.split_inclusive(|it| *it == b'\n') {
        text.extend_from_slice(host.as_bytes());
        text.extend_from_slice(b": ");
        text.extend_from_slice(line);
    }
    if text.last() != Some(&b'\n') {
        text.push(b'\n');
    }
    text
}

/// What `fact` prints: one JSON document for each fact, with the hosts in inventory order.
pub(crate) struct FactValues<O> {
    state: Mutex<FactState<O>>,
}

struct FactState<O> {
    out: O,
    order: Vec<String>,
    facts: IndexMap<String, Vec<(String, Value)>>,
}

impl<O: Write + Send> FactValues<O> {
    /// Writes to `out` when all facts are there.
    pub(crate) fn new(out: O) -> Self {
        let (order, facts) = (Vec::new(), IndexMap::new());
        Self { state: Mutex::new(FactState { out, order, facts }) }
    }
}

impl<O: Write + Send> Listener for FactValues<O> {
    fn event(&self, event: &Event) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        match event {
            Event::Start { hosts, .. } => state.order.clone_from(hosts),
            Event::FactValue { fact, arguments, host, value: Ok(value) } => {
                let values = state.facts.entry(title(fact, arguments)).or_default();
                values.push((host.clone(), value.clone()));
            }
            Event::Summary(_) => state.print(),
            _ => {}
        }
    }
}

impl<O: Write> FactState<O> {
    fn print(&mut self) {
        for (fact, mut values) in std::mem::take(&mut self.facts) {
            values.sort_by_key(|(host, _)| self.order.iter().position(|it| it == host));
            let hosts: serde_json::Map<String, Value> = values.into_iter().collect();
            let document = json!({ fact: hosts });
            let _ = writeln!(self.out, "{document:#}").and_then(|()| self.out.flush());
        }
    }
}

/// `server.users`, `files.file(path=/etc/x)`.
pub(super) fn title(fact: &str, arguments: &serde_json::Map<String, Value>) -> String {
    if arguments.is_empty() {
        return fact.to_owned();
    }
    let pairs: Vec<String> = arguments
        .iter()
        .map(|(name, value)| match value.as_str() {
            Some(text) => format!("{name}={text}"),
            None => format!("{name}={value}"),
        })
        .collect();
    format!("{fact}({})", pairs.join(", "))
}
