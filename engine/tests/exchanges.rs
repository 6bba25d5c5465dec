//! How often a run asks a host: this machine, as `@local`.

#![expect(clippy::unwrap_used, reason = "a test ends where something is not there")]

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::sync::{Arc, Mutex};

use infra_engine::event::{Event, Listener};
use infra_engine::interrupt::Interrupt;
use infra_engine::inventory;
use infra_engine::run::{Connections, Request, run};
use infra_engine::settings::Settings;
use infra_engine::value::Map;

/// Keeps which facts were asked.
#[derive(Default)]
struct Asked(Mutex<Vec<String>>);

impl Listener for Asked {
    fn event(&self, event: &Event) {
        if let Event::Fact { fact, .. } = event {
            self.0.lock().unwrap().push(fact.clone());
        }
    }
}

/// Runs a script on this machine; gives the exit code and how often a fact was asked.
fn deploy(folder: &std::path::Path, script: &str, fact: &str) -> (u8, usize) {
    let path = folder.join("deploy.rhai");
    fs::write(&path, script).unwrap();
    let settings = Settings { verbosity: 1, ..Settings::default() };
    let hosts = inventory::load("@local", &settings).unwrap();
    let asked = Arc::new(Asked::default());
    let request = Request::Deploy { scripts: vec![path], task: None, arguments: Map::new() };
    let listener = Arc::clone(&asked) as Arc<dyn Listener>;
    let connections = Connections::once().unwrap();
    let interrupt = Interrupt::default();
    let summary = run(&hosts, request, &settings, &connections, listener, &|_| true, interrupt);
    let count = asked.0.lock().unwrap().iter().filter(|it| it.starts_with(fact)).count();
    (summary.exit, count)
}

#[test]
fn a_file_that_was_written_is_not_read_again_by_what_follows_in_the_same_job() {
    let folder = std::env::temp_dir().join(format!("infra-exchanges-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    let file = folder.join("settings");
    let path = file.display();
    let lines = format!("for i in 0..6 {{ files.line(\"{path}\", `name${{i}}=${{i}}`); }}\n");
    let expected = (0..6).fold(String::new(), |text, i| text + format!("name{i}={i}\n").as_str());
    assert_eq!(deploy(&folder, &lines, "files.text "), (0, 1));
    assert_eq!(fs::read_to_string(&file).unwrap(), expected);
    // A command may do anything, so what was written is no longer what is there.
    let command = format!(
        "files.line(\"{path}\", \"first=1\");\nserver.shell(\"echo second=2 >>{path}\");\n\
         files.line(\"{path}\", \"second=2\");\nfiles.line(\"{path}\", \"third=3\");\n"
    );
    assert_eq!(deploy(&folder, &command, "files.text "), (0, 2));
    assert_eq!(
        fs::read_to_string(&file).unwrap(),
        format!("{expected}first=1\nsecond=2\nthird=3\n")
    );
    fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn what_is_forgotten_again_before_it_is_needed_is_asked_behind_that() {
    let folder = std::env::temp_dir().join(format!("infra-again-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    let path = folder.join("settings");
    // With a time limit each of them is an exchange of its own, and any of them may have written the file.
    let script = format!(
        "files.line(\"{0}\", \"first\");\nfor i in 0..5 {{ server.shell(`echo ${{i}} >>{0}`, #{{ _timeout: 60 }}); }}\nfiles.line(\"{0}\", \"last\");\n",
        path.display()
    );
    // For the plan, and behind the last of the commands.
    assert_eq!(deploy(&folder, &script, "files.text "), (0, 2));
    assert_eq!(fs::read_to_string(&path).unwrap(), "first\n0\n1\n2\n3\n4\nlast\n");
    fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn where_stat_cannot_answer_for_many_each_is_asked_alone() {
    let folder = std::env::temp_dir().join(format!("infra-apart-{}", std::process::id()));
    let programs = folder.join("bin");
    fs::create_dir_all(&programs).unwrap();
    let stat = programs.join("stat");
    fs::write(&stat, "#!/bin/sh\n[ $# -lt 4 ] || exit 1\nexec /usr/bin/stat \"$@\"\n").unwrap();
    fs::set_permissions(&stat, fs::Permissions::from_mode(0o755)).unwrap();
    let directories = format!(
        "config.env = #{{ PATH: \"{}:/usr/bin:/bin\" }};\n\
         for name in [\"one\", \"two\", \"three\"] {{ files.directory(`{}/${{name}}`, #{{ mode: \"750\" }}); }}\n",
        programs.display(),
        folder.display()
    );
    assert_eq!(deploy(&folder, &directories, "files.entry").0, 0);
    for name in ["one", "two", "three"] {
        fs::set_permissions(folder.join(name), fs::Permissions::from_mode(0o700)).unwrap();
    }
    // Each question is told of twice: in the exchange that could not answer, and in the one that did.
    let (code, asked) = deploy(&folder, &directories, "files.entry");
    assert_eq!((code, asked >= 6), (0, true), "{asked}");
    let mode = fs::metadata(folder.join("three")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o750);
    fs::remove_dir_all(&folder).unwrap();
}

/// Lets the command go on that waits for a file, once the run has told of it what it had said.
struct Waits {
    file: std::path::PathBuf,
    told: Mutex<Vec<String>>,
}

impl Listener for Waits {
    fn event(&self, event: &Event) {
        if let Event::Waiting { subject, host, seconds, line } = event
            && !line.is_empty()
        {
            assert!(*seconds > 0.0);
            self.told.lock().unwrap().push(format!("{host} {}: {line}", subject.label));
            fs::write(&self.file, "").unwrap();
        }
    }
}

#[test]
fn what_takes_long_is_told_of_with_what_it_said_last() {
    let folder = std::env::temp_dir().join(format!("infra-waiting-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    let waits = Arc::new(Waits { file: folder.join("go-on"), told: Mutex::default() });
    let path = folder.join("deploy.rhai");
    let command = format!("echo half; until [ -e {} ]; do sleep 0.02; done", waits.file.display());
    fs::write(&path, format!("server.shell(\"{command}\", #{{ name: \"Slow\" }});")).unwrap();
    let waiting = std::time::Duration::from_millis(20);
    let settings = Settings { waiting, ..Settings::default() };
    let hosts = inventory::load("@local", &settings).unwrap();
    let request = Request::Deploy { scripts: vec![path], task: None, arguments: Map::new() };
    let listener = Arc::clone(&waits) as Arc<dyn Listener>;
    let connections = Connections::once().unwrap();
    let interrupt = Interrupt::default();
    let summary = run(&hosts, request, &settings, &connections, listener, &|_| true, interrupt);
    assert_eq!(summary.exit, 0);
    assert_eq!(waits.told.lock().unwrap().first().unwrap(), "@local Slow: half");
    fs::remove_dir_all(&folder).unwrap();
}
