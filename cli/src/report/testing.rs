//! What the tests of renderings share.

use std::sync::{Arc, Mutex};

use infra_engine::command::Diff;
use infra_engine::event::{Change, Event, HostSummary, Planned, Record, Status, Subject, Summary};
use infra_engine::place::Place;

use super::{Screen, Telling, View};
use crate::terminal::Style;

/// A screen that can be read.
#[derive(Debug, Default)]
pub(crate) struct Paper(pub(crate) Mutex<String>);

impl Screen for Paper {
    fn write(&self, text: &str) {
        self.0.lock().unwrap().push_str(text);
    }

    fn ask(&self, _question: &str, _hidden: bool) -> Option<String> {
        None
    }
}

/// A view without colours, 80 columns wide.
pub(crate) fn view(telling: Telling) -> View {
    View {
        style: Style::PLAIN,
        width: 80,
        verbosity: 0,
        diff: false,
        quiet: false,
        output_shown: false,
        telling,
    }
}

/// An operation at a line of `deploy.rhai`.
pub(crate) fn subject(label: &str, operation: &str, line: usize) -> Arc<Subject> {
    let place = Place { file: "deploy.rhai".into(), line, column: 1 };
    Arc::new(Subject { label: label.to_owned(), operation: operation.to_owned(), place })
}

/// A host's result, without anything printed.
pub(crate) fn record(subject: &Arc<Subject>, host: &str, status: Status) -> Record {
    Record { seconds: 0.2, ..Record::new(subject, host, status) }
}

/// The beginning of a run on these hosts.
pub(crate) fn start(hosts: &[&str]) -> Event {
    Event::Start { hosts: hosts.iter().map(|it| (*it).to_owned()).collect(), dry: false }
}

/// The end of a run.
pub(crate) fn summary(hosts: &[(&str, HostSummary)], exit: u8) -> Event {
    let hosts = hosts.iter().map(|(name, it)| ((*name).to_owned(), it.clone())).collect();
    Event::Summary(Summary { hosts, seconds: 2.13, exit })
}

/// A host's part of a plan: a user is added.
pub(crate) fn planned(
    subject: &Arc<Subject>,
    host: &str,
    change: Change,
    note: Option<&str>,
) -> Planned {
    Planned {
        subject: Arc::clone(subject),
        host: host.to_owned(),
        change,
        commands: vec!["useradd app".to_owned()],
        diff: vec![Diff::Attribute {
            of: "user app".into(),
            name: "present".into(),
            before: "no".into(),
            after: "yes".into(),
        }],
        note: note.map(str::to_owned),
        once: false,
        sum: None,
    }
}
