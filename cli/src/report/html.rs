//! `--report FILE.html`: the run as one page for browsers, without anything to load: hosts × operations, what
//! changed, failures in full. It reads on a phone, in the dark, and on paper.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use indexmap::IndexMap;
use infra_engine::error::Error;
use infra_engine::execute::{
    Change, Event, HostSummary, Listener, Plan, Planned, Record, Status, Stop, Subject, Summary,
};
use infra_engine::place::Problem;

use super::diff;
use crate::words::{self, add};

/// Everything that the page looks like.
const STYLE: &str = include_str!("html.css");

/// So much of what a command printed is shown.
const OUTPUT: usize = 16 * 1024;

/// Collects a run and writes the page at its end.
pub(crate) struct Html {
    path: PathBuf,
    title: String,
    run: Mutex<Run>,
}

/// What is known of a run.
struct Run {
    start: Instant,
    date: String,
    hosts: Vec<String>,
    is_dry: bool,
    /// Each call of an operation, in the order in which they ended or are planned.
    operations: Vec<Operation>,
    /// Which call of an operation is the next one of a host, as loops call it several times.
    calls: IndexMap<(Arc<Subject>, String), usize>,
    troubles: Vec<(Option<String>, String)>,
    messages: Vec<(Option<String>, String)>,
}

/// One call of an operation on all hosts.
struct Operation {
    subject: Arc<Subject>,
    call: usize,
    cells: IndexMap<String, Cell>,
}

/// One operation on one host.
enum Cell {
    Done { record: Record, from: f64, to: f64 },
    Planned(Planned),
}

impl Html {
    /// Writes to this file when the run is over; `title` says what was run.
    pub(crate) fn new(path: PathBuf, title: String, date: String) -> Self {
        let run = Run {
            start: Instant::now(),
            date,
            hosts: Vec::new(),
            is_dry: false,
            operations: Vec::new(),
            calls: IndexMap::new(),
            troubles: Vec::new(),
            messages: Vec::new(),
        };
        Self { path, title, run: Mutex::new(run) }
    }
}

impl Listener for Html {
    fn event(&self, event: &Event) {
        let mut run = self.run.lock().unwrap_or_else(PoisonError::into_inner);
        match event {
            Event::Start { hosts, dry } => {
                run.hosts.clone_from(hosts);
                run.is_dry = *dry;
            }
            Event::Plan(plan) if run.is_dry => run.plan(plan),
            Event::Result(record) => run.result(record),
            Event::Unreachable { host, problem } => run.trouble(Some(host), problem),
            Event::Problem(problem) => run.trouble(problem.host.as_ref(), problem),
            Event::Message { host, text, .. } => run.messages.push((host.clone(), text.clone())),
            Event::Summary(summary) => {
                let page = page(&run, summary, &self.title);
                if let Err(error) = std::fs::write(&self.path, &page) {
                    let path = self.path.display();
                    crate::commands::say(&format!("warning: cannot write `{path}`: {error}\n"));
                }
            }
            _ => {}
        }
    }
}

impl Run {
    fn plan(&mut self, plan: &Plan) {
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

    fn result(&mut self, record: &Record) {
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

    fn trouble(&mut self, host: Option<&String>, problem: &Problem) {
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

fn page(run: &Run, summary: &Summary, title: &str) -> String {
    let outcome = outcome(run, summary);
    let mut text = format!(
        "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n<title>{} – infra</title>\n\
         <style>\n{STYLE}</style>\n<header>\n<h1>{}</h1>\n<p>{} · {} · {} · exit code {}</p>\n</header>\n",
        escape(title),
        escape(title),
        outcome,
        escape(&run.date),
        words::seconds(summary.seconds),
        summary.exit,
    );
    text.push_str(&totals(run, summary));
    text.push_str(&troubles(run));
    text.push_str(&failures(run));
    text.push_str(&hosts(run, summary));
    text.push_str(&operations(run));
    text.push_str(&messages(run));
    text + "</html>\n"
}

fn outcome(run: &Run, summary: &Summary) -> &'static str {
    match summary.exit {
        0 if run.is_dry => "Plan",
        0 => "Done",
        1 => "Failed on some hosts",
        3 => "Some hosts could not be reached",
        130 => "Interrupted",
        _ => "Ended early",
    }
}

/// Numbers of all hosts together, as a line of badges.
fn totals(run: &Run, summary: &Summary) -> String {
    let mut counts: IndexMap<&str, usize> = IndexMap::new();
    for cell in run.operations.iter().flat_map(|it| it.cells.values()) {
        *counts.entry(cell.class()).or_default() += 1;
    }
    let lost = summary.hosts.values().filter(|it| it.unreachable).count();
    let mut text =
        format!("<p class=\"totals\"><b>{}</b>", words::count(summary.hosts.len(), "host"));
    for class in CLASSES {
        if let Some(number) = counts.get(class) {
            add(
                &mut text,
                format_args!(" <span class=\"badge {class}\">{number} {}</span>", word(class)),
            );
        }
    }
    if lost > 0 {
        let hosts = words::count(lost, "host");
        add(&mut text, format_args!(" <span class=\"badge failed\">{hosts} unreachable</span>"));
    }
    text + "</p>\n"
}

/// What a cell can be, in the order in which that is counted.
const CLASSES: &[&str] = &[
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

fn word(class: &str) -> &str {
    match class {
        "change" => "to change",
        "unknown" => "not known yet",
        "not-run" => "not run",
        other => other,
    }
}

impl Cell {
    fn class(&self) -> &'static str {
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
    fn is_news(&self) -> bool {
        !matches!(self.class(), "ok" | "skipped" | "not-run")
    }
}

fn troubles(run: &Run) -> String {
    let mut text = String::new();
    for group in super::hosts::fold(&run.troubles, |it| it.0.as_deref().unwrap_or(""), |it| &it.1) {
        let Some((host, trouble)) = group.first() else { continue };
        let hosts = escape(&group.hosts.join(", "));
        let host = host.as_ref().map(|_| format!("<b>{hosts}</b> ")).unwrap_or_default();
        add(
            &mut text,
            format_args!("<div class=\"trouble\">{host}<pre>{}</pre></div>\n", escape(trouble)),
        );
    }
    section("Troubles", &text)
}

/// Failures first: what a reader of the page looks for.
fn failures(run: &Run) -> String {
    let mut text = String::new();
    for operation in &run.operations {
        for (host, cell) in &operation.cells {
            if cell.class() == "failed" {
                add(
                    &mut text,
                    format_args!(
                        "<details class=\"failed\" open><summary>{} <b>{}</b> on <b>{}</b></summary>{}</details>\n",
                        badge(cell),
                        escape(&operation.subject.label),
                        escape(host),
                        about(operation) + details(cell).as_str(),
                    ),
                );
            }
        }
    }
    section("Failures", &text)
}

/// A row for each host: its counts, and when it was busy with what.
fn hosts(run: &Run, summary: &Summary) -> String {
    let end = run
        .operations
        .iter()
        .flat_map(|it| it.cells.values())
        .map(|cell| if let Cell::Done { to, .. } = cell { *to } else { 0.0 })
        .fold(0.0_f64, f64::max);
    let mut text = String::from("<div class=\"hosts\">\n");
    for (host, counts) in &summary.hosts {
        add(
            &mut text,
            format_args!(
                "<div class=\"host\"><div class=\"name\"><b>{}</b> {}</div>{}</div>\n",
                escape(host),
                numbers(counts),
                if run.is_dry { String::new() } else { bars(run, host, end) },
            ),
        );
    }
    text.push_str("</div>\n");
    if end > 0.0 {
        add(
            &mut text,
            format_args!(
                "<p class=\"scale\"><span>0 s</span><span>{}</span></p>\n",
                words::seconds(end)
            ),
        );
    }
    section("Hosts", &text)
}

fn numbers(counts: &HostSummary) -> String {
    let parts = [
        (counts.changed, "changed"),
        (counts.ok, "ok"),
        (counts.failed, "failed"),
        (counts.ignored, "ignored"),
        (counts.skipped, "skipped"),
        (counts.not_run, "not run"),
    ];
    let mut parts: Vec<String> = parts
        .into_iter()
        .filter(|(number, _)| *number > 0)
        .map(|(number, word)| format!("{number} {word}"))
        .collect();
    if counts.unreachable {
        parts.push("unreachable".to_owned());
    }
    format!("<small>{}</small>", parts.join(", "))
}

/// What a host was busy with, as bars on a line from the run's begin to its end.
fn bars(run: &Run, host: &str, end: f64) -> String {
    let mut text = "<div class=\"bar\">".to_owned();
    for operation in &run.operations {
        let Some(cell @ Cell::Done { record, from, to }) = operation.cells.get(host) else {
            continue;
        };
        if record.status == Status::NotRun || end <= 0.0 {
            continue;
        }
        let (left, width) = (from / end * 100.0, (to - from) / end * 100.0);
        add(
            &mut text,
            format_args!(
                "<a class=\"{}\" href=\"#{}\" style=\"left:{left:.2}%;width:{width:.2}%\" title=\"{}: {}, {}\"></a>",
                cell.class(),
                anchor(operation),
                escape(&operation.subject.label),
                cell.class(),
                words::seconds(record.seconds),
            ),
        );
    }
    text + "</div>"
}

fn anchor(operation: &Operation) -> String {
    let subject = &operation.subject;
    let text = format!("{}-{}-{}", subject.place, subject.label, operation.call);
    text.chars().map(|it| if it.is_ascii_alphanumeric() { it } else { '-' }).collect()
}

/// All operations, each with a cell for each host; hosts with the same to say share it.
fn operations(run: &Run) -> String {
    let mut text = String::new();
    for operation in &run.operations {
        let is_open = operation.cells.values().any(Cell::is_news);
        add(
            &mut text,
            format_args!(
                "<details id=\"{}\"{}><summary>{}<span class=\"label\">{}</span></summary>{}",
                anchor(operation),
                if is_open && run.operations.len() <= 12 { " open" } else { "" },
                strip(run, operation),
                escape(&operation.subject.label),
                about(operation),
            ),
        );
        let mut told: Vec<(&String, &Cell)> = operation.cells.iter().collect();
        told.sort_by_key(|(host, _)| run.hosts.iter().position(|it| it == *host));
        let key = |it: &(&String, &Cell)| (it.1.class(), details(it.1));
        for group in super::hosts::fold(&told, |it| it.0.as_str(), key) {
            let Some((_, cell)) = group.first() else { continue };
            add(
                &mut text,
                format_args!(
                    "<div class=\"result\">{} {}{}</div>",
                    badge(cell),
                    escape(&group.hosts.join(", ")),
                    details(cell)
                ),
            );
        }
        text.push_str("</details>\n");
    }
    section("Operations", &text)
}

/// How an operation went on each host, in inventory order: a square each.
fn strip(run: &Run, operation: &Operation) -> String {
    let mut text = String::from("<span class=\"strip\">");
    for host in &run.hosts {
        let class = operation.cells.get(host).map_or("none", Cell::class);
        add(
            &mut text,
            format_args!("<i class=\"{class}\" title=\"{}: {class}\"></i>", escape(host)),
        );
    }
    text + "</span>"
}

fn about(operation: &Operation) -> String {
    let subject = &operation.subject;
    let place = if subject.place.file.is_empty() {
        String::new()
    } else {
        format!(" · {}", escape(&subject.place.to_string()))
    };
    format!("<p class=\"about\">{}{place}</p>", escape(&subject.operation))
}

fn badge(cell: &Cell) -> String {
    let class = cell.class();
    format!("<span class=\"badge {class}\">{}</span>", word(class))
}

/// Why, the commands, the differences, and what was printed.
fn details(cell: &Cell) -> String {
    let mut text = String::new();
    let mut part = |name: &str, value: &str| {
        let value = value.trim_end();
        if !value.is_empty() {
            let value = value.get(..value.floor_char_boundary(OUTPUT)).unwrap_or_default();
            add(
                &mut text,
                format_args!("<p class=\"part\">{name}</p><pre>{}</pre>", escape(value)),
            );
        }
    };
    let (commands, diffs, note) = match cell {
        Cell::Done { record, .. } => {
            part("error", record.error.as_deref().unwrap_or_default());
            if cell.class() == "failed" || cell.class() == "ignored" {
                let command = record.failed_command.as_deref().unwrap_or_default();
                let is_only = record.commands.iter().all(|it| it == command);
                part("failed command", if is_only { "" } else { command });
                part("stdout", &record.stdout);
                part("stderr", &record.stderr);
            }
            (&record.commands, &record.diff, &record.note)
        }
        Cell::Planned(planned) => (&planned.commands, &planned.diff, &planned.note),
    };
    part("note", note.as_deref().unwrap_or_default());
    part("commands", &commands.join("\n"));
    let differences = coloured(&diff::unified(diffs));
    if !differences.is_empty() {
        add(&mut text, format_args!("<pre class=\"diff\">{differences}</pre>"));
    }
    text
}

/// A unified diff with its lines marked.
fn coloured(text: &str) -> String {
    let mut marked = String::new();
    for line in text.lines() {
        let tag = match line.as_bytes() {
            [b'+', ..] => "ins",
            [b'-', ..] => "del",
            [b'@', ..] => "em",
            _ => "span",
        };
        add(&mut marked, format_args!("<{tag}>{}</{tag}>\n", escape(line)));
    }
    marked
}

fn messages(run: &Run) -> String {
    let mut text = String::new();
    for (host, message) in &run.messages {
        let host = host.as_deref().map(|it| format!("{it}: ")).unwrap_or_default();
        add(&mut text, format_args!("{}\n", escape(&format!("{host}{message}"))));
    }
    if text.is_empty() { text } else { section("Messages", &format!("<pre>{text}</pre>\n")) }
}

fn section(title: &str, text: &str) -> String {
    if text.is_empty() {
        return String::new();
    }
    format!("<section>\n<h2>{title}</h2>\n{text}</section>\n")
}

fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for it in text.chars() {
        match it {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            _ => escaped.push(it),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::testing::{record, start, subject};

    #[test]
    fn the_page_tells_all_and_loads_nothing() {
        let html = Html::new(PathBuf::new(), "web <1>".into(), "today".into());
        html.event(&start(&["h1", "h2"]));
        let operation = subject("Add <user>", "server.user", 3);
        let mut failed = record(&operation, "h2", Status::Failed);
        failed.error = Some("exit code 9".into());
        failed.stderr = "no <such> group".into();
        html.event(&Event::Result(record(&operation, "h1", Status::Changed)));
        html.event(&Event::Result(failed));
        let run = html.run.lock().unwrap();
        let hosts = ["h1", "h2"].map(|it| (it.to_owned(), HostSummary::default()));
        let summary = Summary { hosts: hosts.into_iter().collect(), seconds: 2.0, exit: 1 };
        let page = page(&run, &summary, &html.title);
        for part in [
            "<title>web &lt;1&gt; – infra</title>",
            "Failed on some hosts · today · 2.0 s · exit code 1",
            "<b>Add &lt;user&gt;</b> on <b>h2</b>",
            "<pre>no &lt;such&gt; group</pre>",
            "server.user · deploy.rhai:3:1",
            "<i class=\"changed\" title=\"h1: changed\"></i><i class=\"failed\" title=\"h2: failed\"></i>",
        ] {
            assert!(page.contains(part), "{part} is not in\n{page}");
        }
        for loading in ["<script", "<link", "<img", "url(", "http:", "https:"] {
            assert!(!page.contains(loading), "{loading}");
        }
    }
}
