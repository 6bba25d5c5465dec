//! How a run ended: a table of the hosts on which something happened, and one line for all.

use infra_engine::event::{HostSummary, Summary};

use super::plain::{Telling, View};
use crate::engine::exit;
use crate::terminal::{Role, Style};
use crate::words::{self, add};

/// A table of more hosts shows only those where something is wrong.
const ROWS: usize = 30;

const COLUMNS: &[&str] = &["changed", "ok", "failed", "ignored", "skipped", "not run"];

/// The table and the line.
pub(crate) fn render(summary: &Summary, view: &View) -> String {
    let mut text = String::new();
    if !view.quiet && view.telling != Telling::Troubles {
        text.push_str(&table(summary, view.style));
    }
    text.push_str(&total(summary, view.style));
    text
}

fn numbers(host: &HostSummary) -> [usize; 6] {
    [host.changed, host.ok, host.failed, host.ignored, host.skipped, host.not_run]
}

fn is_calm(host: &HostSummary) -> bool {
    numbers(host) == [0, host.ok, 0, 0, host.skipped, 0]
}

fn is_well(host: &HostSummary) -> bool {
    !host.unreachable && host.failed == 0 && host.not_run == 0
}

/// One row for each host. A run in which nothing happened has no table, nor has one on a single host,
/// as the line says the same; a large one has only troubles.
fn table(summary: &Summary, style: Style) -> String {
    if summary.hosts.len() == 1 || summary.hosts.values().all(is_calm) {
        return String::new();
    }
    let large = summary.hosts.len() > ROWS;
    let rows: Vec<_> = summary.hosts.iter().filter(|(_, it)| !large || !is_well(it)).collect();
    if rows.is_empty() {
        return String::new();
    }
    let widest = rows.iter().map(|(name, _)| name.chars().count()).max().unwrap_or(0).max(4);
    let mut text = style.paint(Role::Quiet, format!("{:<widest$}", "host"));
    for column in COLUMNS {
        text.push_str(&style.paint(Role::Quiet, format!("  {column:>7}")));
    }
    text.push('\n');
    for (name, host) in rows {
        text.push_str(&row(name, host, widest, style));
    }
    text.push('\n');
    text
}

fn row(name: &str, host: &HostSummary, widest: usize, style: Style) -> String {
    let role = if is_well(host) { Role::Title } else { Role::Bad };
    let gap = " ".repeat(widest.saturating_sub(name.chars().count()));
    let mut line = format!("{}{gap}", style.paint(role, name));
    let roles = [Role::Change, Role::Good, Role::Bad, Role::Notice, Role::Quiet, Role::Quiet];
    for (number, role) in numbers(host).into_iter().zip(roles) {
        match number {
            0 => line.push_str(&style.paint(Role::Quiet, format!("  {:>7}", "-"))),
            _ => line.push_str(&style.paint(role, format!("  {number:>7}"))),
        }
    }
    if host.unreachable {
        add(&mut line, format_args!("  {}", style.paint(Role::Bad, "unreachable")));
    }
    line.push('\n');
    line
}

/// `3 hosts: 12 changed, 4 ok, 1 failed in 2.1 s`.
fn total(summary: &Summary, style: Style) -> String {
    let sum = |of: fn(&HostSummary) -> usize| summary.hosts.values().map(of).sum::<usize>();
    let counts = [
        (sum(|it| it.changed), "changed", Role::Change),
        (sum(|it| it.ok), "ok", Role::Good),
        (sum(|it| it.failed), "failed", Role::Bad),
        (sum(|it| it.ignored), "ignored", Role::Notice),
        (sum(|it| it.skipped), "skipped", Role::Quiet),
        (sum(|it| it.not_run), "not run", Role::Quiet),
    ];
    let mut parts: Vec<String> = counts
        .into_iter()
        .filter(|(number, ..)| *number > 0)
        .map(|(number, word, role)| style.paint(role, format!("{number} {word}")))
        .collect();
    let lost = summary.hosts.values().filter(|host| host.unreachable).count();
    match lost {
        0 => {}
        _ if lost == summary.hosts.len() => parts.push(style.paint(Role::Bad, "unreachable")),
        _ => {
            let text = format!("{} unreachable", words::count(lost, "host"));
            parts.push(style.paint(Role::Bad, text));
        }
    }
    if parts.is_empty() {
        let nothing = match summary.exit {
            exit::DONE => "nothing to do (no operation was called)",
            _ => "nothing was changed",
        };
        parts.push(nothing.to_owned());
    }
    let interrupted = if summary.exit == exit::INTERRUPTED { "Interrupted. " } else { "" };
    format!(
        "{interrupted}{}: {} in {}\n",
        words::count(summary.hosts.len(), "host"),
        parts.join(", "),
        words::seconds(summary.seconds)
    )
}
