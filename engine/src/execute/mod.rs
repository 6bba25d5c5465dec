//! Live evaluation: barriers, batches, events, report.

pub(crate) mod conditions;
pub(crate) mod earlier;
mod event;
pub(crate) mod fleet;
mod hidden;
mod interrupt;
pub(crate) mod link;
pub(crate) mod live;
pub(crate) mod lockstep;
mod outputs;

pub use earlier::{DoneOperation, Earlier};
pub use event::{
    Basis, Change, Event, HostSummary, Listener, Plan, Planned, Record, Status, Stop, Subject,
    Summary,
};
pub use interrupt::Interrupt;

/// Differences as text: unified for files, `name: before -> after` for the rest.
pub fn diff_text(diff: &[crate::command::Diff]) -> String {
    use crate::command::Diff;
    let mut text = String::new();
    for it in diff {
        match it {
            Diff::Text { path, before, after } => {
                let (old, new) = (before.as_deref().unwrap_or(""), after.as_deref().unwrap_or(""));
                let old_name = if before.is_some() { path } else { "/dev/null" };
                let new_name = if after.is_some() { path } else { "/dev/null" };
                let lines = similar::TextDiff::from_lines(old, new);
                text += &lines.unified_diff().header(old_name, new_name).to_string();
            }
            Diff::Attribute { of, name, before, after } => {
                text += &format!("{of}: {name}: {before} -> {after}\n");
            }
        }
    }
    crate::command::scrub(&text).into_owned()
}
