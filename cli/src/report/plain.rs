//! Plain lines for people: a block for each operation on which something happened, the plan, the
//! summary. Also what scrolls above the live display's status line.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};

use indexmap::IndexMap;
use infra_engine::error::Error;
use infra_engine::event::{Event, Listener, Record, Status, Subject, Summary};
use infra_engine::place::Problem;

use super::{Screen, block, hosts, plan, summary};
use crate::diagnostic;
use crate::engine::exit;
use crate::terminal::{Role, Style};
use crate::words::{self, add};

/// How things are shown.
#[derive(Clone, Copy, Debug)]
pub(crate) struct View {
    /// Colours.
    pub(crate) style: Style,
    /// Columns.
    pub(crate) width: usize,
    /// 0 to 3, as `-v` was given.
    pub(crate) verbosity: u8,
    /// Whether to show what changes.
    pub(crate) diff: bool,
    /// Whether only failures are told.
    pub(crate) quiet: bool,
    /// Whether what commands print is shown elsewhere already.
    pub(crate) output_shown: bool,
    /// What is told.
    pub(crate) telling: Telling,
}

/// From so many seconds on it is told that an operation is still on; then after twice as many, and so on.
const WAITING: f64 = 30.0;

/// What is told of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Telling {
    /// Operations as they end, and the summary; the plan only when somebody is asked.
    Run,
    /// The plan.
    Plan,
    /// Operations and a summary only where something failed: standard output has the rest.
    Troubles,
    /// Only mistakes and lost hosts: standard output has the rest as JSON.
    Mistakes,
}

/// Tells a run in plain lines.
pub(crate) struct Plain {
    view: View,
    screen: Arc<dyn Screen>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    hosts: Vec<String>,
    /// Results of operations that are under way on several hosts.
    open: IndexMap<Arc<Subject>, Vec<Record>>,
    problems: Vec<Problem>,
    lines: HashMap<(String, bool), Vec<u8>>,
    has_failed: bool,
    /// Hosts that are known to be lost.
    lost: HashSet<String>,
    /// What each host runs.
    running: IndexMap<String, Arc<Subject>>,
    /// When it is told next that an operation is still on, in seconds.
    waiting: HashMap<Arc<Subject>, f64>,
}

impl Plain {
    /// Tells a run on a screen.
    pub(crate) fn new(view: View, screen: Arc<dyn Screen>) -> Self {
        Self { view, screen, state: Mutex::default() }
    }

    fn text(&self, state: &mut State, event: &Event) -> String {
        let view = &self.view;
        match event {
            Event::Start { hosts, .. } => {
                state.hosts.clone_from(hosts);
                String::new()
            }
            Event::Plan(it) if view.telling == Telling::Plan => plan::render(it, view),
            Event::OperationStart { subject, .. } => {
                state.open.entry(Arc::clone(subject)).or_default();
                String::new()
            }
            Event::Result(record) => self.result(state, record),
            Event::OperationEnd { subject } => self.block(state, subject),
            Event::Summary(it) => self.summary(state, it),
            Event::Unreachable { host, problem } => {
                state.has_failed = true;
                let is_news = state.lost.insert(host.clone());
                if !is_news {
                    return String::new();
                }
                self.trouble(host, "unreachable", &problem.error)
            }
            Event::FactValue { fact, arguments, host, value: Err(problem) } => {
                state.has_failed = true;
                let title = super::values::title(fact, arguments);
                self.trouble(host, &format!("has no {title}"), &problem.error)
            }
            Event::Problem(problem) => {
                state.problems.push(problem.clone());
                String::new()
            }
            Event::Running { subject, host, .. } => {
                state.running.insert(host.clone(), Arc::clone(subject));
                String::new()
            }
            Event::Waiting { subject, host, seconds, line } => {
                self.waiting(state, subject, host, *seconds, line)
            }
            Event::Message { host, text, warning } => self.message(host.as_deref(), text, *warning),
            Event::Output { host, stderr, bytes } if view.verbosity > 2 && !view.output_shown => {
                output(state, host, *stderr, bytes)
            }
            other => self.detail(other),
        }
    }

    /// What is told with `-v` and `-vv`, and tries.
    fn detail(&self, event: &Event) -> String {
        let view = &self.view;
        let quiet = |text: String| view.style.paint(Role::Quiet, text) + "\n";
        match event {
            Event::Connected { host, seconds } if view.verbosity > 0 => {
                quiet(format!("{host}: connected in {}", crate::words::seconds(*seconds)))
            }
            Event::Fact { host, fact } if view.verbosity > 0 => quiet(format!("{host} ? {fact}")),
            Event::Command { host, line } if view.verbosity > 1 => {
                quiet(format!("{host} $ {line}"))
            }
            Event::Retry { subject, host, attempt, attempts, delay, error } if !view.quiet => {
                format!(
                    "{host}: {}: {error}; try {attempt} of {attempts} in {}\n",
                    subject.label,
                    crate::words::seconds(*delay)
                )
            }
            _ => String::new(),
        }
    }

    /// Tells that an operation is still on, for all hosts at once where they are about as far.
    fn waiting(
        &self,
        state: &mut State,
        subject: &Arc<Subject>,
        host: &str,
        seconds: f64,
        line: &str,
    ) -> String {
        let view = &self.view;
        let next = state.waiting.entry(Arc::clone(subject)).or_insert(WAITING);
        if seconds < *next {
            return String::new();
        }
        while seconds >= *next {
            *next *= 2.0;
        }
        let is_shown = self.screen.has_status_line() || view.output_shown;
        if is_shown || view.quiet || view.telling == Telling::Mistakes {
            return String::new();
        }
        let running = state.running.iter().filter(|(_, it)| *it == subject);
        let hosts: Vec<&str> = running.map(|(host, _)| host.as_str()).collect();
        let names = hosts::names(&hosts, view.width / 2);
        let time = words::whole_seconds(seconds);
        let says = match (line.is_empty(), hosts.len()) {
            (true, _) => String::new(),
            (false, ..2) => format!(": {line}"),
            (false, _) => format!("; {host}: {line}"),
        };
        format!("{names}: still at {} ({}) after {time}{says}\n", subject.label, subject.place)
    }

    fn block(&self, state: &mut State, subject: &Arc<Subject>) -> String {
        let mut records = state.open.shift_remove(subject).unwrap_or_default();
        let place = |host: &str| state.hosts.iter().position(|it| it == host);
        records.sort_by_key(|record| place(&record.host));
        self.records(subject, &records)
    }

    /// Results as a block; empty where there is nothing to tell.
    fn records(&self, subject: &Subject, records: &[Record]) -> String {
        let is_told = match self.view.telling {
            Telling::Run | Telling::Plan => true,
            Telling::Troubles => {
                self.view.verbosity > 0 || records.iter().any(|it| it.status == Status::Failed)
            }
            Telling::Mistakes => false,
        };
        let text =
            if is_told { block::render(subject, records, &self.view) } else { String::new() };
        if text.is_empty() { text } else { text + "\n" }
    }

    /// Keeps a result for the operation's block. A host that is lost on the way is told at once.
    fn result(&self, state: &mut State, record: &Record) -> String {
        state.has_failed |= matches!(record.status, Status::Failed | Status::Unreachable);
        state.running.shift_remove(&record.host);
        if !state.running.values().any(|it| *it == record.subject) {
            state.waiting.remove(&record.subject);
        }
        let mut text = String::new();
        match state.open.get_mut(&record.subject) {
            Some(records) => records.push(record.clone()),
            // A host on its own, or ahead of the others: nothing more comes.
            None => text = self.records(&record.subject, std::slice::from_ref(record)),
        }
        if record.status != Status::Unreachable || !state.lost.insert(record.host.clone()) {
            return text;
        }
        let message = record.error.clone().unwrap_or_else(|| "the connection was lost".to_owned());
        let mut error = Error::unreachable(message);
        error.hint.clone_from(&record.note);
        let what = format!("unreachable in {} ({})", record.subject.label, record.subject.place);
        text + self.trouble(&record.host, &what, &error).as_str()
    }

    fn trouble(&self, host: &str, what: &str, error: &Error) -> String {
        let style = self.view.style;
        let mut text = format!("{host} {}: {}\n", style.paint(Role::Bad, what), error.message);
        if let Some(hint) = &error.hint {
            add(&mut text, format_args!("  {} {hint}\n", style.paint(Role::Notice, "hint:")));
        }
        text
    }

    fn message(&self, host: Option<&str>, text: &str, warning: bool) -> String {
        if self.view.quiet && !warning {
            return String::new();
        }
        let host = host.map(|it| format!("{it}: ")).unwrap_or_default();
        let mark = self.view.style.paint(Role::Change, "warning: ");
        let mark = if warning { mark } else { String::new() };
        let lines: Vec<String> = text.lines().map(|line| format!("{host}{mark}{line}\n")).collect();
        lines.concat()
    }

    fn summary(&self, state: &mut State, it: &Summary) -> String {
        let mut text = String::new();
        // An interrupted run has operations that never ended.
        let open: Vec<Arc<Subject>> = state.open.keys().cloned().collect();
        for subject in open {
            text.push_str(&self.block(state, &subject));
        }
        let is_told = match self.view.telling {
            Telling::Run => true,
            // What is told only in one line of the plan has no part in the summary.
            Telling::Plan if it.exit == exit::FAILED => {
                it.hosts.values().any(|host| host.unreachable || host.failed > 0)
            }
            Telling::Plan | Telling::Mistakes => {
                matches!(it.exit, exit::FAILED | exit::UNREACHABLE | exit::INTERRUPTED)
            }
            Telling::Troubles => {
                state.has_failed || self.view.verbosity > 0 || it.exit == exit::INTERRUPTED
            }
        };
        if is_told && self.view.telling != Telling::Mistakes {
            text.push_str(&summary::render(it, &self.view));
        }
        text
    }
}

/// Output of commands as whole lines, each with its host.
fn output(state: &mut State, host: &str, stderr: bool, bytes: &[u8]) -> String {
    let pending = state.lines.entry((host.to_owned(), stderr)).or_default();
    pending.extend_from_slice(bytes);
    let Some(end) = pending.iter().rposition(|it| *it == b'\n') else { return String::new() };
    let whole: Vec<u8> = pending.drain(..=end).collect();
    let sign = if stderr { '!' } else { '|' };
    let whole = String::from_utf8_lossy(&whole);
    let mut text = String::new();
    for line in whole.lines() {
        add(&mut text, format_args!("{host} {sign} {line}\n"));
    }
    text
}

/// Mistakes that were told one by one, folded where several hosts share one.
fn problems(state: &mut State, style: Style) -> String {
    let mut all = std::mem::take(&mut state.problems);
    let place = |it: &Problem| state.hosts.iter().position(|host| Some(host) == it.host.as_ref());
    all.sort_by_key(place);
    let mut text = String::new();
    let key = |it: &Problem| (it.place.clone(), it.error.clone(), it.calls.clone());
    let groups = hosts::fold(&all, |it| it.host.as_deref().unwrap_or_default(), key);
    for group in groups {
        let Some(problem) = group.first() else { continue };
        let hosts: Vec<&str> = group.hosts.into_iter().filter(|it| !it.is_empty()).collect();
        text.push_str(&diagnostic::render_on(problem, &hosts, style));
        text.push('\n');
    }
    text
}

impl Listener for Plain {
    fn event(&self, event: &Event) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let state = &mut *state;
        let mut text = String::new();
        // Mistakes come host by host; they are told together, before what happens next. What comes up while an
        // operation goes on, batch by batch, has come up behind it.
        let is_next = match event {
            Event::OperationStart { subject, .. } => !state.open.contains_key(subject),
            Event::Plan(_) | Event::Summary(_) => true,
            _ => false,
        };
        if is_next {
            text.push_str(&problems(state, self.view.style));
        }
        text.push_str(&self.text(state, event));
        if matches!(event, Event::OperationEnd { .. }) {
            text.push_str(&problems(state, self.view.style));
        }
        if !text.is_empty() {
            self.screen.write(&text);
        }
    }
}
