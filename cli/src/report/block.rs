//! One operation on all hosts: a heading, and a line for each way in which it ended.

use infra_engine::event::{Record, Status, Subject};

use super::diff;
use super::hosts::{self, Folded};
use super::plain::View;
use crate::terminal::{Role, Style};
use crate::words::{self, add};

/// So many lines of a failed command are shown.
const HEAD: usize = 6;
/// A failure shows so many lines of what the command printed.
const TAIL: usize = 20;
/// Columns for a status word, with the space behind it.
const STATUS: usize = 10;
/// Columns for an operation's label before its name.
const LABEL: usize = 44;

/// Ways to end, in the order in which they are shown. Hosts that were lost or stopped are told of
/// once, where that happened.
const ORDER: &[Status] =
    &[Status::Changed, Status::Ok, Status::Skipped, Status::Ignored, Status::Failed];

/// The block of an operation; empty where nothing happened that is worth telling.
pub(crate) fn render(subject: &Subject, records: &[Record], view: &View) -> String {
    let is_news = |it: &Record| match it.status {
        Status::Changed => !view.quiet,
        Status::Failed | Status::Ignored => true,
        Status::Ok | Status::Skipped => view.verbosity > 0,
        // Why is told once, where the host was lost.
        Status::Unreachable | Status::NotRun => false,
    };
    if !records.iter().any(is_news) {
        return String::new();
    }
    let mut text = heading(subject, view.style);
    for status in ORDER {
        let shown = records.iter().filter(|it| it.status == *status);
        let groups = hosts::fold(shown, |it| &it.host, |it| key(it, view));
        for group in groups {
            text.push_str(&lines(&group, view));
        }
    }
    text
}

/// The label, and where to find it: `Add user    server.user  deploy.rhai:3:1`.
pub(crate) fn heading(subject: &Subject, style: Style) -> String {
    let label = style.paint(Role::Title, &subject.label);
    let gap = " ".repeat(LABEL.saturating_sub(subject.label.chars().count()));
    // Where the label is made of the operation's name, that need not be said twice.
    let is_named = subject.label.split(" | ").last().is_some_and(|it| {
        it.strip_prefix(&subject.operation).is_some_and(|it| it.is_empty() || it.starts_with(' '))
    });
    let mut about = if is_named { String::new() } else { subject.operation.clone() };
    if !subject.place.file.is_empty() {
        if !about.is_empty() {
            about.push_str("  ");
        }
        about.push_str(&subject.place.to_string());
    }
    if about.is_empty() {
        return format!("{label}\n");
    }
    format!("{label}{gap}  {}\n", style.paint(Role::Quiet, about))
}

/// What must be equal for two hosts to share a line.
type Key<'a> = (Option<i32>, [Option<&'a str>; 5], Option<String>);

fn key<'a>(record: &'a Record, view: &View) -> Key<'a> {
    let diff = view.diff.then(|| diff::unified(&record.diff));
    let note = record.note.as_deref();
    match record.status {
        Status::Failed | Status::Ignored => (
            record.code,
            [
                record.error.as_deref(),
                record.failed_command.as_deref(),
                note,
                Some(&record.stdout),
                Some(&record.stderr),
            ],
            diff,
        ),
        Status::Changed => (None, [None; 5], diff),
        _ => (None, [note.filter(|_| view.verbosity > 0), None, None, None, None], None),
    }
}

fn lines(group: &Folded<'_, Record>, view: &View) -> String {
    let Some(record) = group.first() else { return String::new() };
    let names = hosts::names(&group.hosts, view.width.saturating_sub(STATUS + 14));
    let mut line = format!("{}{names}", status(record.status, view.style));
    match record.status {
        Status::Changed | Status::Failed | Status::Ignored if record.seconds > 0.0 => {
            let longest = group.values.iter().map(|it| it.seconds).fold(0.0, f64::max);
            let time = words::seconds(longest);
            line.push_str(&view.style.paint(Role::Quiet, format!("  {time}")));
        }
        Status::Ok | Status::Skipped if view.verbosity > 0 => {
            if let Some(note) = &record.note {
                line.push_str(&view.style.paint(Role::Quiet, format!("  {note}")));
            }
        }
        _ => {}
    }
    line.push('\n');
    if view.diff && matches!(record.status, Status::Changed | Status::Failed | Status::Ignored) {
        line.push_str(&words::indent(&diff::render(&record.diff, view.style), "    "));
    }
    if matches!(record.status, Status::Failed | Status::Ignored) {
        line.push_str(&failure(record, view));
    }
    line
}

fn status(status: Status, style: Style) -> String {
    let word = match status {
        Status::NotRun => "not run",
        other => other.word(),
    };
    let role = match status {
        Status::Changed => Role::Change,
        Status::Ok => Role::Good,
        Status::Failed | Status::Unreachable => Role::Bad,
        Status::Ignored => Role::Notice,
        Status::Skipped | Status::NotRun => Role::Quiet,
    };
    let gap = " ".repeat(STATUS.saturating_sub(word.len()).max(1));
    format!("  {}{gap}", style.paint(role, word))
}

fn failure(record: &Record, view: &View) -> String {
    let style = view.style;
    let mut text = String::new();
    let mut field = |name: &str, value: &str| {
        let mut rest = value.lines();
        let first = rest.next().unwrap_or_default();
        add(&mut text, format_args!("    {} {first}\n", style.paint(Role::Quiet, name)));
        for line in rest {
            add(&mut text, format_args!("      {line}\n"));
        }
    };
    if let Some(error) = &record.error {
        field("error:", error);
    }
    if let Some(command) = &record.failed_command {
        field("command:", &head(command, view));
    }
    let says_code = |code: &i32| {
        let error = record.error.as_deref().unwrap_or_default();
        error.contains(&format!("exit code {code}"))
    };
    if let Some(code) = record.code.filter(|it| *it != 0 && !says_code(it)) {
        field("exit code:", &code.to_string());
    }
    let printed = [("stdout:", &record.stdout), ("stderr:", &record.stderr)];
    for (name, output) in printed.into_iter().filter(|_| !view.output_shown) {
        if !output.trim().is_empty() {
            add(
                &mut text,
                format_args!("    {}\n{}", style.paint(Role::Quiet, name), tail(output)),
            );
        }
    }
    if let Some(note) = &record.note {
        add(&mut text, format_args!("    {} {note}\n", style.paint(Role::Notice, "hint:")));
    }
    text
}

/// A command, or the first lines of a long script; all of it where more is asked for.
fn head(command: &str, view: &View) -> String {
    let lines: Vec<&str> = command.lines().collect();
    let (Some(shown), 0) = (lines.get(..HEAD), view.verbosity) else { return command.to_owned() };
    match lines.len() - HEAD {
        0 | 1 => command.to_owned(),
        cut => format!("{}\n… {}; -v shows them", shown.join("\n"), words::count(cut, "more line")),
    }
}

/// The last lines of what a command printed.
fn tail(output: &str) -> String {
    let lines: Vec<&str> = output.trim_end().lines().collect();
    let cut = lines.len().saturating_sub(TAIL);
    let mut text = String::new();
    if cut > 0 {
        add(&mut text, format_args!("      … {} before\n", words::count(cut, "line")));
    }
    let shown = lines.get(cut..).unwrap_or_default().join("\n");
    text.push_str(&words::indent(&shown, "      "));
    text
}
