//! The journal: what each run has done, so that a run that ended early can be resumed.
//!
//! `runs/TIME-PROCESS.jsonl` in the state folder: a line for the run, a line for each operation that a host is done
//! with, a line for each host that has come to its end, and the summary. Lines are written as things
//! happen, so that a killed run has its journal too; a line that was cut short is not read. Texts are
//! scrubbed of secrets. The newest 50 are kept.

use std::collections::HashSet;
use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use infra_engine::earlier::{DoneOperation, Earlier};
use infra_engine::error::{Error, Result};
use infra_engine::event::{Event, Listener, Record, Status};
use infra_engine::fingerprint::Salt;
use serde_json::{Value, json};

use super::state;
use crate::line::Line;

/// So many journals are kept.
const KEPT: usize = 50;

/// So much of what a command printed is kept.
const OUTPUT: usize = 64 * 1024;

/// Writes the journal of a run.
pub(crate) struct Journal {
    path: PathBuf,
    state: Mutex<State>,
}

struct State {
    file: File,
    /// Whether the run has begun to act.
    is_live: bool,
}

/// What an earlier run has done, and for whom.
#[derive(Debug, Default)]
pub(crate) struct Resumed {
    /// The salt of the keys.
    pub(crate) salt: Salt,
    /// What need not be done again.
    pub(crate) earlier: Earlier,
    /// Hosts with nothing left to do.
    pub(crate) finished: HashSet<String>,
    /// Lines that the next journal begins with, so that it can be resumed as well.
    lines: Vec<Value>,
}

impl Journal {
    /// Begins the journal of a run with this command line; of a resumed run, with what was done before.
    pub(crate) fn begin(line: &Line, salt: &Salt, resumed: Option<&Resumed>) -> Result<Self> {
        let folder = state::folder("runs")?;
        forget_old(&folder);
        let name = format!("{:017.6}-{}.jsonl", state::now(), std::process::id());
        let path = folder.join(name);
        let mut file = state::create(&path)
            .map_err(|error| Error::usage(format!("cannot write `{}`: {error}", path.display())))?;
        let start = json!({"event": "run", "version": 1, "time": state::now(),
            "subject": subject(line), "command": super::keep(line).words, "salt": salt.as_str()});
        let before = resumed.map(|it| it.lines.as_slice()).unwrap_or_default();
        let lines: Vec<String> =
            std::iter::once(&start).chain(before).map(Value::to_string).collect();
        let text = lines.join("\n") + "\n";
        file.write_all(text.as_bytes())
            .map_err(|error| Error::usage(format!("cannot write `{}`: {error}", path.display())))?;
        Ok(Self { path, state: Mutex::new(State { file, is_live: false }) })
    }
}

impl Listener for Journal {
    fn event(&self, event: &Event) {
        let line = match event {
            Event::Result(record) => done(record),
            Event::HostEnd { host } => Some(json!({"event": "host", "host": host})),
            Event::Summary(summary) => Some(json!({"event": "end", "exit": summary.exit})),
            _ => return,
        };
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if matches!(event, Event::Summary(_)) && !state.is_live {
            // Nobody approved it: nothing is to be remembered.
            let _ = fs::remove_file(&self.path);
            return;
        }
        state.is_live = true;
        let Some(line) = line else { return };
        // A full disk does not end the run; what is missing here is done again.
        let _ = state.file.write_all(format!("{line}\n").as_bytes());
        if matches!(event, Event::Summary(_)) {
            let _ = state.file.sync_all();
        }
    }
}

fn is_done(status: Status) -> bool {
    matches!(status, Status::Changed | Status::Ok | Status::Skipped | Status::Ignored)
}

/// The line of an operation that need not be done again.
fn done(record: &Record) -> Option<Value> {
    let key = record.key.as_deref().filter(|_| is_done(record.status))?;
    Some(json!({"event": "done", "host": record.host, "key": key, "once": record.once,
        "operation": record.subject.label, "op": record.subject.operation,
        "at": record.subject.place.to_string(), "status": record.status.word(),
        "stdout": cut(&record.stdout), "stderr": cut(&record.stderr), "code": record.code}))
}

fn cut(text: &str) -> &str {
    text.get(..text.floor_char_boundary(OUTPUT)).unwrap_or_default()
}

/// What two runs have in common that do the same work: folder, inventory and words, not the options.
fn subject(line: &Line) -> Value {
    let folder = std::env::current_dir().unwrap_or_default();
    let bare = Line { options: Vec::new(), ..line.clone() };
    json!([folder, super::keep(&bare).words])
}

/// The last run of the same work, if it did not come to its end.
pub(crate) fn resume(line: &Line) -> Result<Resumed> {
    let folder = state::folder("runs")?;
    let wanted = subject(line);
    for path in journals(&folder).into_iter().rev() {
        let text = fs::read_to_string(&path).unwrap_or_default();
        let lines: Vec<Value> =
            text.lines().filter_map(|it| serde_json::from_str(it).ok()).collect();
        let Some((start, rest)) = lines.split_first() else { continue };
        if start["subject"] == wanted && start["version"] == 1 {
            return read(start, rest);
        }
    }
    Err(Error::usage("there is no run to resume")
        .hint("a run is resumed with the same inventory, scripts and task, in the same folder"))
}

fn read(start: &Value, rest: &[Value]) -> Result<Resumed> {
    let time = start["time"].as_f64().unwrap_or_default();
    let salt = Salt::from_text(start["salt"].as_str().unwrap_or_default());
    let mut resumed = Resumed { salt, ..Resumed::default() };
    for line in rest {
        let host = line["host"].as_str().unwrap_or_default();
        match line["event"].as_str().unwrap_or_default() {
            "done" => {
                let text = |name: &str| line[name].as_str().unwrap_or_default().to_owned();
                let done = DoneOperation {
                    status: status(&text("status")),
                    stdout: text("stdout"),
                    stderr: text("stderr"),
                    code: line["code"].as_i64(),
                };
                let is_once = line["once"] == true;
                resumed.earlier.add(host, &text("key"), is_once, done);
            }
            "host" => _ = resumed.finished.insert(host.to_owned()),
            "end" if line["exit"] == 0 => {
                let ago = state::ago(time);
                return Err(Error::usage(format!("nothing is left of the run that began {ago}"))
                    .hint("it came to its end; run it anew without --resume"));
            }
            _ => continue,
        }
        if line["event"] != "end" {
            resumed.lines.push(line.clone());
        }
    }
    Ok(resumed)
}

fn status(word: &str) -> Status {
    match word {
        "changed" => Status::Changed,
        "ignored" => Status::Ignored,
        "skipped" => Status::Skipped,
        _ => Status::Ok,
    }
}

/// The journals, oldest first: their names begin with the time.
fn journals(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let is_journal = |path: &PathBuf| path.extension().is_some_and(|it| it == "jsonl");
    let mut paths: Vec<PathBuf> = entries.map(|it| it.path()).filter(is_journal).collect();
    paths.sort();
    paths
}

fn forget_old(folder: &Path) {
    let paths = journals(folder);
    let old = paths.len().saturating_sub(KEPT - 1);
    for path in paths.iter().take(old) {
        let _ = fs::remove_file(path);
    }
}
