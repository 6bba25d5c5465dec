//! Results as `JUnit` XML: a suite for each operation, a case for each host.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use indexmap::IndexMap;
use infra_engine::event::{Event, Listener, Record, Status, Subject};

use super::written::keep;

/// Collects results and writes them at the end.
pub(crate) struct Junit {
    path: PathBuf,
    suites: Mutex<IndexMap<Arc<Subject>, Vec<Record>>>,
}

impl Junit {
    /// Writes to this file when the run is over.
    pub(crate) fn new(path: PathBuf) -> Self {
        Self { path, suites: Mutex::default() }
    }
}

impl Listener for Junit {
    fn event(&self, event: &Event) {
        let mut suites = self.suites.lock().unwrap_or_else(PoisonError::into_inner);
        match event {
            Event::Result(record) => {
                suites.entry(Arc::clone(&record.subject)).or_default().push(record.clone());
            }
            Event::Summary(_) => keep(&self.path, &document(&suites)),
            _ => {}
        }
    }
}

fn document(suites: &IndexMap<Arc<Subject>, Vec<Record>>) -> String {
    let mut text = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n");
    for (subject, records) in suites {
        let number = |is: fn(Status) -> bool| records.iter().filter(|it| is(it.status)).count();
        let seconds: f64 = records.iter().map(|it| it.seconds).sum();
        let _ = writeln!(
            text,
            "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" skipped=\"{}\" time=\"{seconds:.3}\">",
            escape(&subject.label),
            records.len(),
            number(is_failure),
            number(is_skip),
        );
        for record in records {
            case(&mut text, subject, record);
        }
        text.push_str("  </testsuite>\n");
    }
    text + "</testsuites>\n"
}

fn is_failure(status: Status) -> bool {
    matches!(status, Status::Failed | Status::Unreachable)
}

fn is_skip(status: Status) -> bool {
    matches!(status, Status::Skipped | Status::NotRun | Status::Ignored)
}

fn case(text: &mut String, subject: &Subject, record: &Record) {
    let _ = write!(
        text,
        "    <testcase classname=\"{}\" name=\"{}\" time=\"{:.3}\"",
        escape(&subject.operation),
        escape(&record.host),
        record.seconds
    );
    if !is_failure(record.status) && !is_skip(record.status) {
        text.push_str("/>\n");
        return;
    }
    text.push_str(">\n");
    let why = record.error.as_deref().or(record.note.as_deref()).unwrap_or(record.status.word());
    if is_skip(record.status) {
        let _ = writeln!(text, "      <skipped message=\"{}\"/>", escape(why));
    } else {
        let _ = writeln!(text, "      <failure message=\"{}\"/>", escape(why));
    }
    for (name, output) in [("system-out", &record.stdout), ("system-err", &record.stderr)] {
        if !output.is_empty() {
            let _ = writeln!(text, "      <{name}>{}</{name}>", escape(output));
        }
    }
    text.push_str("    </testcase>\n");
}

/// Text for XML 1.0: marks escaped, characters that XML cannot hold replaced.
fn escape(text: &str) -> String {
    let is_odd = |it| match it {
        '\t' | '\n' | '\r' => false,
        it => matches!(it, '\0'..='\u{1f}' | '\u{fffe}' | '\u{ffff}'),
    };
    super::html::escape(&text.replace(is_odd, "\u{fffd}"))
}

#[cfg(test)]
mod tests {
    use infra_engine::place::Place;

    use super::*;
    use crate::report::testing::record;

    #[test]
    fn writes_suites_and_cases() {
        let subject = Arc::new(Subject {
            label: "Add <user>".into(),
            operation: "server.user".into(),
            place: Place::default(),
        });
        let mut failed = record(&subject, "h2", Status::Failed);
        failed.error = Some("exit code 9".into());
        failed.stderr = "no \x1b \"x\"\n".into();
        let records = vec![record(&subject, "h1", Status::Changed), failed];
        let suites = IndexMap::from([(subject, records)]);
        let expected = "\
<?xml version=\"1.0\" encoding=\"UTF-8\"?>
<testsuites>
  <testsuite name=\"Add &lt;user&gt;\" tests=\"2\" failures=\"1\" skipped=\"0\" time=\"0.400\">
    <testcase classname=\"server.user\" name=\"h1\" time=\"0.200\"/>
    <testcase classname=\"server.user\" name=\"h2\" time=\"0.200\">
      <failure message=\"exit code 9\"/>
      <system-err>no \u{fffd} &quot;x&quot;
</system-err>
    </testcase>
  </testsuite>
</testsuites>
";
        assert_eq!(document(&suites), expected);
    }
}
