//! A plan as text: the operations that would change something, and what cannot be known yet.

use std::collections::HashMap;
use std::sync::Arc;

use infra_engine::error::ErrorKind;
use infra_engine::event::{Change, Plan, Planned, Stop, Subject};
use infra_engine::place::Problem;

use super::hosts;
use super::plain::View;
use super::{block, diff};
use crate::terminal::Role;
use crate::words::{self, add};

/// The plan, as it is shown before a run and by `--dry`.
pub(crate) fn render(plan: &Plan, view: &View) -> String {
    let mut text = String::new();
    for (subject, records) in by_operation(plan) {
        let part = operation(subject, &records, view);
        if !part.is_empty() {
            text.push_str(&part);
            text.push('\n');
        }
    }
    text.push_str(&stops(plan, view));
    text.push_str(&open(plan, view));
    text.push_str(&total(plan));
    text
}

/// Whether the run may change something.
pub(crate) fn has_changes(plan: &Plan) -> bool {
    !plan.open.is_empty()
        || plan.records.iter().any(|it| !matches!(it.change, Change::None | Change::Skip))
}

/// The records of each operation in run order. A loop calls an operation several times at one place;
/// each host's first call goes with the others' first.
fn by_operation(plan: &Plan) -> Vec<(&Subject, Vec<&Planned>)> {
    let mut operations: Vec<(&Subject, Vec<&Planned>)> = Vec::new();
    let mut places: HashMap<(&Arc<Subject>, usize), usize> = HashMap::new();
    let mut calls: HashMap<(&Arc<Subject>, &str), usize> = HashMap::new();
    for record in &plan.records {
        let call = calls.entry((&record.subject, &record.host)).or_default();
        let place = *places.entry((&record.subject, *call)).or_insert_with(|| {
            operations.push((&record.subject, Vec::new()));
            operations.len() - 1
        });
        *call += 1;
        if let Some((_, records)) = operations.get_mut(place) {
            records.push(record);
        }
    }
    operations
}

fn operation(subject: &Subject, records: &[&Planned], view: &View) -> String {
    let is_shown = |change: Change| match change {
        Change::Change | Change::Unknown | Change::Fail => true,
        Change::None | Change::Skip => view.verbosity > 0,
    };
    if !records.iter().any(|it| is_shown(it.change)) {
        return String::new();
    }
    let mut text = block::heading(subject, view.style);
    for (change, word, role) in [
        (Change::Change, "change", Role::Change),
        (Change::Unknown, "unknown", Role::Notice),
        (Change::Fail, "fails", Role::Bad),
        (Change::None, "ok", Role::Good),
        (Change::Skip, "skip", Role::Quiet),
    ] {
        let same = records.iter().copied().filter(|it| it.change == change && is_shown(change));
        let key = |it: &'_ Planned| {
            let note = (change != Change::Change).then(|| it.note.clone());
            let commands = (view.verbosity > 0).then(|| it.commands.clone());
            (note, commands, view.diff.then(|| diff::unified(&it.diff)))
        };
        for group in hosts::fold(same, |it| &it.host, key) {
            let names = hosts::names(&group.hosts, view.width.saturating_sub(14));
            let gap = " ".repeat(8 - word.len());
            add(&mut text, format_args!("  {}{gap}{names}", view.style.paint(role, word)));
            if let Some(record) = group.first() {
                text.push_str(&details(record, view));
            }
        }
    }
    text
}

/// What follows the names of hosts: why, the commands, the differences.
fn details(record: &Planned, view: &View) -> String {
    let note = record.note.as_ref().filter(|_| record.change != Change::Change);
    // The word before says already that it is unknown.
    let short = |note: &str| match record.change {
        Change::Unknown => note.strip_prefix("unknown ").unwrap_or(note).to_owned(),
        _ => note.to_owned(),
    };
    let mut text = note.map_or_else(|| "\n".to_owned(), |note| format!(": {}\n", short(note)));
    if view.verbosity > 0 {
        for command in &record.commands {
            text.push_str(&words::indent(&format!("$ {command}"), "    "));
        }
    }
    if view.diff {
        let diff = diff::render(&record.diff, view.style);
        text.push_str(&words::indent(&diff, "    "));
    }
    text
}

/// Where hosts end early if a value says so that is not known yet, folded by place and reason.
fn stops(plan: &Plan, view: &View) -> String {
    let key = |it: &Stop| {
        (it.problem.place.clone(), it.problem.error.message.clone(), Arc::clone(&it.why))
    };
    let mut text = String::new();
    for group in hosts::fold(&plan.stops, |it| &it.host, key) {
        let Some(Stop { problem, why, .. }) = group.first() else { continue };
        let place = problem.place.as_ref().map(|it| format!(" at {it}")).unwrap_or_default();
        let names = hosts::names(&group.hosts, view.width.saturating_sub(4));
        let may_stop = view.style.paint(Role::Notice, "may stop");
        add(&mut text, format_args!("{may_stop}{place}\n  {names}: {}\n", problem.error.message));
        add(&mut text, format_args!("  depends on a value that is {why}\n\n"));
    }
    text
}

/// Hosts whose plan ends early, folded by the reason. Where an operation fails, its own lines have told it.
fn open(plan: &Plan, view: &View) -> String {
    let is_told =
        |host: &str| plan.records.iter().any(|it| it.host == host && it.change == Change::Fail);
    let is_failure = |it: &Problem| it.error.kind == ErrorKind::Failed;
    let shown = plan.open.iter().filter(|(host, it)| !is_failure(it) || !is_told(host));
    let key = |it: &(String, Problem)| {
        (is_failure(&it.1), it.1.place.clone(), it.1.error.message.clone())
    };
    let mut text = String::new();
    for group in hosts::fold(shown, |it| &it.0, key) {
        let Some((_, problem)) = group.first() else { continue };
        let place = problem.place.as_ref();
        let head = if is_failure(problem) {
            let place = place.map(|it| format!(" at {it}")).unwrap_or_default();
            format!("{}{place}\n", view.style.paint(Role::Bad, "fails"))
        } else {
            let place = place.map(|it| format!(" from {it} on")).unwrap_or_default();
            format!("{}{place}\n", view.style.paint(Role::Notice, "known only in the run"))
        };
        let names = hosts::names(&group.hosts, view.width.saturating_sub(4));
        add(&mut text, format_args!("{head}  {names}: {}\n", problem.error.message));
        if let Some(hint) = &problem.error.hint {
            add(&mut text, format_args!("  {} {hint}\n", view.style.paint(Role::Notice, "hint:")));
        }
        text.push('\n');
    }
    text
}

fn total(plan: &Plan) -> String {
    let number = |change| plan.records.iter().filter(|it| it.change == change).count();
    let mut hosts: Vec<&str> = plan.records.iter().map(|it| it.host.as_str()).collect();
    hosts.sort_unstable();
    hosts.dedup();
    if hosts.is_empty() && plan.open.is_empty() {
        return match plan.hosts.len() {
            // Why there is none has been told.
            0 => String::new(),
            number => format!(
                "Nothing to change on {}: no operation is called.\n",
                words::count(number, "host")
            ),
        };
    }
    let hosts = words::count(hosts.len().max(plan.open.len()), "host");
    let fine = number(Change::None) + number(Change::Skip);
    if !has_changes(plan) {
        return format!("Nothing to change on {hosts}: {fine} ok.\n");
    }
    let mut parts = vec![words::count(number(Change::Change), "change")];
    for (number, words) in [
        (number(Change::Unknown), "not known yet"),
        (number(Change::Fail), "will fail"),
        (fine, "ok"),
    ] {
        if number > 0 {
            parts.push(format!("{number} {words}"));
        }
    }
    let failing: Vec<&str> = plan.failing().map(|(host, _)| host.as_str()).collect();
    let end = match failing.as_slice() {
        [] => String::new(),
        _ => format!(" It will fail on {}.", words::list(&failing, 60)),
    };
    format!("Plan for {hosts}: {}.{end}\n", parts.join(", "))
}
