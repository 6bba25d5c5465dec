//! The page's part on hosts: their counts, and when each was busy with what.

use infra_engine::event::{HostSummary, Status, Summary};

use super::collected::{Cell, Run};
use super::operations::anchor;
use super::{escape, section};
use crate::words::{self, add};

/// A row for each host: its counts, and when it was busy with what.
pub(super) fn hosts(run: &Run, summary: &Summary) -> String {
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
