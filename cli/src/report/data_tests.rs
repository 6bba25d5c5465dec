//! Whole outputs on standard output: JSON, facts, and what commands printed.

use std::sync::{Arc, Mutex};

use infra_engine::event::{Change, Event, HostSummary, Listener, Plan, Status};

use super::json::{Json, Selection};
use super::testing::{planned, record, start, subject, summary};
use super::{ExecOutput, FactValues};

/// A writer whose bytes can be looked at.
#[derive(Clone, Default)]
struct Bytes(Arc<Mutex<Vec<u8>>>);

impl std::io::Write for Bytes {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Bytes {
    fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().unwrap()).into_owned()
    }
}

#[test]
fn json_is_one_object_a_line() {
    let user = subject("Create the app user", "server.user", 3);
    let mut changed = record(&user, "h1", Status::Changed);
    changed.commands = vec!["useradd app".into()];
    changed.code = Some(0);
    let bytes = Bytes::default();
    let json = Json::new(bytes.clone(), Selection::Run);
    let plan =
        Plan { records: vec![planned(&user, "h1", Change::Change, None)], ..Plan::default() };
    json.event(&start(&["h1"]));
    json.event(&Event::Plan(plan));
    json.event(&Event::Result(changed));
    json.event(&summary(&[("h1", HostSummary { changed: 1, ..HostSummary::default() })], 0));
    let expected = concat!(
        r#"{"event":"start","version":1,"hosts":["h1"],"dry":false}"#,
        "\n",
        r#"{"event":"plan","operation":"Create the app user","op":"server.user","#,
        r#""at":"deploy.rhai:3:1","host":"h1","change":"change","commands":["useradd app"],"#,
        r#""diff":"user app: present: no -> yes\n","note":null}"#,
        "\n",
        r#"{"event":"result","operation":"Create the app user","op":"server.user","#,
        r#""at":"deploy.rhai:3:1","host":"h1","status":"changed","commands":["useradd app"],"#,
        r#""stdout":"","stderr":"","code":0,"seconds":0.2,"diff":null,"error":null,"note":null}"#,
        "\n",
        r#"{"event":"summary","hosts":{"h1":{"changed":1,"ok":0,"failed":0,"ignored":0,"#,
        r#""skipped":0,"not_run":0,"unreachable":false}},"seconds":2.13,"exit":0}"#,
        "\n",
    );
    assert_eq!(bytes.text(), expected);
}

fn fact_value(host: &str, value: i64) -> Event {
    let arguments = serde_json::Map::from_iter([("path".to_owned(), "/x".into())]);
    Event::FactValue {
        fact: "files.size".into(),
        arguments,
        host: host.to_owned(),
        value: Ok(serde_json::Value::from(value)),
    }
}

#[test]
fn facts_are_documents_or_lines() {
    let events = [start(&["h1", "h2"]), fact_value("h2", 2), fact_value("h1", 1), summary(&[], 0)];
    let bytes = Bytes::default();
    let facts = FactValues::new(bytes.clone());
    for event in &events {
        facts.event(event);
    }
    let expected = r#"{
  "files.size(path=/x)": {
    "h1": 1,
    "h2": 2
  }
}
"#;
    assert_eq!(bytes.text(), expected);

    let bytes = Bytes::default();
    let json = Json::new(bytes.clone(), Selection::Facts);
    for event in &events {
        json.event(event);
    }
    let expected = concat!(
        r#"{"fact":"files.size","args":{"path":"/x"},"host":"h2","value":2}"#,
        "\n",
        r#"{"fact":"files.size","args":{"path":"/x"},"host":"h1","value":1}"#,
        "\n",
    );
    assert_eq!(bytes.text(), expected);
}

fn output(host: &str, stderr: bool, bytes: &[u8]) -> Event {
    Event::Output { host: host.to_owned(), stderr, bytes: bytes.to_vec() }
}

#[test]
fn exec_on_one_host_is_exact() {
    let (out, err) = (Bytes::default(), Bytes::default());
    let exec = ExecOutput::new(out.clone(), err.clone());
    exec.event(&start(&["h1"]));
    exec.event(&output("h1", false, b"a\xff\0b"));
    exec.event(&output("h1", true, b"oh"));
    exec.event(&summary(&[], 0));
    assert_eq!(*out.0.lock().unwrap(), b"a\xff\0b");
    assert_eq!(err.text(), "oh");
}

#[test]
fn exec_on_several_hosts_has_whole_lines_with_names() {
    let (out, err) = (Bytes::default(), Bytes::default());
    let exec = ExecOutput::new(out.clone(), err.clone());
    let shell = subject("exec", "server.shell", 0);
    exec.event(&start(&["h1", "h2"]));
    exec.event(&output("h1", false, b"one\ntw"));
    exec.event(&output("h2", false, b"eins\n"));
    exec.event(&output("h1", false, b"o\nthree"));
    exec.event(&Event::Result(record(&shell, "h1", Status::Changed)));
    exec.event(&output("h2", true, b"oh"));
    exec.event(&summary(&[], 0));
    assert_eq!(out.text(), "h1: one\nh2: eins\nh1: two\nh1: three\n");
    assert_eq!(err.text(), "h2: oh\n");
}
