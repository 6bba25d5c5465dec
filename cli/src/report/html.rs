//! `--report FILE.html`: the run as one page for browsers, without anything to load: hosts × operations, what
//! changed, failures in full. It reads on a phone, in the dark, and on paper.

mod collected;
mod hosts;
mod operations;

use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use indexmap::IndexMap;
use infra_engine::event::{Event, Listener, Summary};

use super::written::keep;
use crate::engine::exit;
use crate::words::{self, add};
use collected::{CLASSES, Run, word};
use hosts::hosts;
use operations::{about, badge, details, operations};

/// Everything that the page looks like.
const STYLE: &str = include_str!("html.css");

/// Collects a run and writes the page at its end.
pub(crate) struct Html {
    path: PathBuf,
    title: String,
    run: Mutex<Run>,
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
                keep(&self.path, &page);
            }
            _ => {}
        }
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
        exit::DONE if run.is_dry => "Plan",
        exit::DONE => "Done",
        exit::FAILED => "Failed on some hosts",
        exit::UNREACHABLE => "Some hosts could not be reached",
        exit::INTERRUPTED => "Interrupted",
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

/// Text as HTML and XML have it, also in quotes.
pub(super) fn escape(text: &str) -> String {
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
    use infra_engine::event::{HostSummary, Status};

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
