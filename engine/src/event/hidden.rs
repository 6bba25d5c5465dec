//! Secrets are taken out of events at one gate, whoever made them and whatever a host sent back.

use std::borrow::Cow;

use super::{Event, Planned, Record};
use crate::command::{Diff, has_secrets, scrub};
use crate::place::Problem;

impl Event {
    /// The event with `***` for every known secret in its texts. Output comes in pieces, so whoever makes
    /// it has hidden them already.
    pub(crate) fn without_secrets(&self) -> Cow<'_, Self> {
        if !has_secrets() {
            return Cow::Borrowed(self);
        }
        let mut event = self.clone();
        match &mut event {
            Self::Start { .. }
            | Self::Connected { .. }
            | Self::HostEnd { .. }
            | Self::Output { .. }
            | Self::OperationStart { .. }
            | Self::OperationEnd { .. }
            | Self::Running { .. }
            | Self::Summary(_) => return Cow::Borrowed(self),
            Self::Unreachable { problem: it, .. } | Self::Problem(it) => problem(it),
            Self::Plan(plan) => {
                plan.records.iter_mut().for_each(planned);
                plan.open.iter_mut().for_each(|(_, it)| problem(it));
                plan.stops.iter_mut().for_each(|it| problem(&mut it.problem));
            }
            Self::Result(it) => record(it),
            Self::Retry { error: it, .. }
            | Self::Command { line: it, .. }
            | Self::Waiting { line: it, .. }
            | Self::Fact { fact: it, .. }
            | Self::Message { text: it, .. } => text(it),
            Self::Answer { key, value, .. } => {
                text(key);
                json(value);
            }
            Self::FactValue { arguments, value, .. } => {
                arguments.values_mut().for_each(json);
                match value {
                    Ok(it) => json(it),
                    Err(it) => problem(it),
                }
            }
        }
        Cow::Owned(event)
    }
}

fn text(it: &mut String) {
    if let Cow::Owned(clean) = scrub(it) {
        *it = clean;
    }
}

fn json(it: &mut serde_json::Value) {
    match it {
        serde_json::Value::String(it) => text(it),
        serde_json::Value::Array(items) => items.iter_mut().for_each(json),
        serde_json::Value::Object(map) => map.values_mut().for_each(json),
        _ => {}
    }
}

fn problem(it: &mut Problem) {
    text(&mut it.error.message);
    it.error.hint.iter_mut().for_each(text);
}

fn diff(it: &mut Diff) {
    match it {
        Diff::Text { before, after, .. } => before.iter_mut().chain(after).for_each(text),
        Diff::Attribute { before, after, .. } => [before, after].into_iter().for_each(text),
    }
}

fn planned(it: &mut Planned) {
    it.commands.iter_mut().chain(&mut it.note).for_each(text);
    it.diff.iter_mut().for_each(diff);
}

fn record(it: &mut Record) {
    [&mut it.stdout, &mut it.stderr].into_iter().for_each(text);
    let notes = [&mut it.error, &mut it.failed_command, &mut it.note];
    it.commands.iter_mut().chain(notes.into_iter().flatten()).for_each(text);
    it.diff.iter_mut().for_each(diff);
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::Secret;
    use crate::event::{Status, Subject};
    use crate::place::Place;

    #[test]
    fn what_a_host_sends_back_is_hidden() {
        Secret::new("hidden-in-events");
        let subject =
            Subject { label: String::new(), operation: String::new(), place: Place::default() };
        let said = || "so: hidden-in-events".to_owned();
        let record = Record {
            commands: vec![said()],
            stdout: said(),
            stderr: said(),
            code: Some(1),
            diff: vec![Diff::Text { path: "/x".to_owned(), before: None, after: Some(said()) }],
            error: Some(said()),
            failed_command: Some(said()),
            note: Some(said()),
            ..Record::new(&Arc::new(subject), "web1", Status::Failed)
        };
        let shown = format!("{:?}", Event::Result(record).without_secrets());
        assert!(!shown.contains("hidden-in-events"), "{shown}");
        assert_eq!(shown.matches("so: ***").count(), 7, "{shown}");
        let value = serde_json::json!({"a": ["hidden-in-events"]});
        let event = Event::FactValue {
            fact: "server.command".to_owned(),
            arguments: serde_json::Map::new(),
            host: "web1".to_owned(),
            value: Ok(value),
        };
        assert!(!format!("{:?}", event.without_secrets()).contains("hidden-in-events"));
    }
}
