//! The page's part on operations: each with what became of it on each host.

use super::collected::{Cell, Operation, Run, word};
use super::{escape, section};
use crate::report::diff;
use crate::words::add;

/// So much of what a command printed is shown.
const OUTPUT: usize = 16 * 1024;

/// All operations, each with a cell for each host; hosts with the same to say share it.
pub(super) fn operations(run: &Run) -> String {
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
        for group in crate::report::hosts::fold(&told, |it| it.0.as_str(), key) {
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

pub(super) fn anchor(operation: &Operation) -> String {
    let subject = &operation.subject;
    let text = format!("{}-{}-{}", subject.place, subject.label, operation.call);
    text.chars().map(|it| if it.is_ascii_alphanumeric() { it } else { '-' }).collect()
}

pub(super) fn about(operation: &Operation) -> String {
    let subject = &operation.subject;
    let place = if subject.place.file.is_empty() {
        String::new()
    } else {
        format!(" · {}", escape(&subject.place.to_string()))
    };
    format!("<p class=\"about\">{}{place}</p>", escape(&subject.operation))
}

pub(super) fn badge(cell: &Cell) -> String {
    let class = cell.class();
    format!("<span class=\"badge {class}\">{}</span>", word(class))
}

/// Why, the commands, the differences, and what was printed.
pub(super) fn details(cell: &Cell) -> String {
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
