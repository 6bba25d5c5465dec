//! Sessions with real shells on this machine.

#![expect(clippy::unwrap_used, reason = "a test ends where something is not there")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use infra_engine::connectors::account::Account;
use infra_engine::connectors::job::{
    Action, Content, Ended, Job, OnFailure, Put, Step, StepResult,
};
use infra_engine::connectors::local::LocalConnection;
use infra_engine::connectors::process::{BoxFuture, ConnectError, Connection, Exit, Process};
use infra_engine::connectors::session::{Session, SessionError, Unfinished};

async fn session() -> Session {
    let connection: Arc<dyn Connection> = Arc::new(LocalConnection);
    Session::open(&connection, &Account::default()).await.unwrap()
}

async fn run(steps: Vec<Step>) -> Vec<StepResult> {
    session().await.run(Job { steps }, None, None).await.unwrap()
}

/// A folder that goes away with the test.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path =
            std::env::temp_dir().join(format!("infra-session-{}-{name}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn path(&self, name: &str) -> String {
        self.0.join(name).to_string_lossy().into_owned()
    }

    fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(&self.0)
            .unwrap()
            .map(|it| it.unwrap().file_name().to_string_lossy().into_owned())
            .collect();
        names.sort();
        names
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn put(path: &str, bytes: &[u8]) -> Put {
    Put::new(path, Content::Bytes(bytes.to_vec()))
}

/// Whether a process with this text in its arguments runs; the text is this process's own.
fn is_running(text: &str) -> bool {
    fs::read_dir("/proc").unwrap().flatten().any(|entry| {
        let line = fs::read(entry.path().join("cmdline")).unwrap_or_default();
        String::from_utf8_lossy(&line).replace('\0', " ").contains(text)
    })
}

async fn ends(text: &str) -> bool {
    for _ in 0..100 {
        if !is_running(text) {
            return true;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    false
}

#[tokio::test]
async fn streams_are_told_apart_byte_for_byte() {
    let results = run(vec![
        Step::run("printf 'a\\nb'; printf 'oops' >&2"),
        Step::run(r"printf '\000\001\377\n\n'"),
        Step::run(""),
    ])
    .await;
    assert_eq!(results[0].stdout, b"a\nb");
    assert_eq!(results[0].stderr, b"oops");
    assert_eq!(results[1].stdout, b"\x00\x01\xff\n\n");
    assert_eq!(results[2].ended, Ended::Code(0));
    assert_eq!(results[2].stdout, b"");
}

#[tokio::test]
async fn a_step_cannot_hurt_the_next_one() {
    let steps = ["exit 3", "if then", "cd /; x=1; set -e; false", "echo \"${x-unset}\"; pwd"]
        .into_iter()
        .map(|text| Step { on_failure: OnFailure::Continue, ..Step::run(text) })
        .collect();
    let results = run(steps).await;
    assert_eq!(results[0].ended, Ended::Code(3));
    assert!(matches!(results[1].ended, Ended::Code(code) if code != 0));
    assert_eq!(results[2].ended, Ended::Code(1));
    assert!(results[3].stdout.starts_with(b"unset\n/"));
    assert_ne!(results[3].stdout, b"unset\n/\n", "the directory is that of the session");
}

#[tokio::test]
async fn a_failure_skips_what_it_should() {
    let step = |text: &str, group, on_failure| Step { group, on_failure, ..Step::run(text) };
    let results = run(vec![
        step("false", 0, OnFailure::SkipGroup),
        step("echo same", 0, OnFailure::SkipGroup),
        step("echo other", 1, OnFailure::StopJob),
        step("exit 7", 2, OnFailure::StopJob),
        step("echo never", 3, OnFailure::StopJob),
    ])
    .await;
    let ended: Vec<&Ended> = results.iter().map(|it| &it.ended).collect();
    assert_eq!(
        ended,
        [&Ended::Code(1), &Ended::Skipped, &Ended::Code(0), &Ended::Code(7), &Ended::Skipped]
    );
}

#[tokio::test]
async fn stdin_is_what_was_given_or_nothing() {
    let given = Action::Run {
        script: "cat".into(),
        stdin: Some(Content::Bytes(b"line\n\0 and 'quotes' $(id) \xff".to_vec())),
        requires: None,
    };
    let results = run(vec![Step::new(given), Step::run("cat; echo end")]).await;
    assert_eq!(results[0].stdout, b"line\n\0 and 'quotes' $(id) \xff");
    assert_eq!(results[1].stdout, b"end\n");
}

#[tokio::test]
async fn large_input_of_a_command_has_a_channel_of_its_own() {
    let scratch = Folder::new("input");
    let path = scratch.path("source");
    fs::write(&path, "x".repeat(300_000)).unwrap();
    let pieces = vec![
        Content::Bytes(b"\0first".to_vec()),
        Content::File { path: path.into(), len: 300_000 },
        Content::Bytes(b"last".to_vec()),
    ];
    let stdin = Some(Content::Pieces(pieces));
    let given = Action::Run { script: "wc -c; exit 3".into(), stdin, requires: None };
    let results = run(vec![Step { success_codes: vec![3], ..Step::new(given) }]).await;
    assert_eq!(String::from_utf8_lossy(&results[0].stdout).trim(), "300010");
    assert_eq!(results[0].ended, Ended::Code(3));
    let gone = Content::File { path: scratch.path("none").into(), len: 300_000 };
    let given = Action::Run { script: "cat".into(), stdin: Some(gone), requires: None };
    let results = run(vec![Step::new(given)]).await;
    let said = String::from_utf8_lossy(&results[0].stderr);
    assert!(said.contains("cannot read"), "{said}");
}

#[tokio::test]
async fn a_missing_program_is_no_failure_of_the_step() {
    let action = Action::Run {
        script: "echo never".into(),
        stdin: None,
        requires: Some("infra-no-such-program".into()),
    };
    let results = run(vec![Step::new(action)]).await;
    assert_eq!(results[0].ended, Ended::Missing("infra-no-such-program".into()));
}

#[tokio::test]
async fn a_background_child_holds_nothing_up() {
    let results = run(vec![Step::run("sleep 30.71 & echo started"), Step::run("echo next")]).await;
    assert_eq!(results[0].stdout, b"started\n");
    assert_eq!(results[1].stdout, b"next\n");
    let _ = Command::new("pkill").args(["-f", "sleep 30.71"]).status();
}

#[tokio::test]
async fn the_end_of_a_session_is_waited_for_and_leaves_what_runs_in_the_background() {
    // A server may end the whole group of a process that still runs when the connection goes.
    let mut session = session().await;
    let steps = vec![Step::run("sleep 30.73 & ps -o pgid= -p $$")];
    let results = session.run(Job { steps }, None, None).await.unwrap();
    let leader = format!("/proc/{}", String::from_utf8_lossy(&results[0].stdout).trim());
    assert!(Path::new(&leader).exists());
    session.close().await;
    assert!(!Path::new(&leader).exists());
    assert!(is_running("sleep 30.73"));
    let _ = Command::new("pkill").args(["-f", "sleep 30.73"]).status();
}

#[tokio::test]
async fn what_ignores_that_a_connection_is_hung_up_ends_with_it_all_the_same() {
    let mut session = session().await;
    let steps = vec![
        Step::run("trap '' HUP; kill -HUP 0; echo hung up"),
        Step::run("sh -c 'kill -HUP $$'"),
    ];
    let results = session.run(Job { steps }, None, None).await.unwrap();
    assert_eq!(results[0].stdout, b"hung up\n");
    assert_eq!(results[1].ended, Ended::Code(129), "it has the signal as it was");

    let steps = vec![Step::run("trap '' HUP; kill -HUP 0; sleep 40.53; true")];
    let job = session.run(Job { steps }, None, None);
    assert!(tokio::time::timeout(Duration::from_secs(2), job).await.is_err(), "it is still at it");
    drop(session);
    assert!(ends("sleep 40.53").await);
}

#[tokio::test]
async fn many_small_jobs_do_not_stall() {
    let mut session = session().await;
    for number in 0..400 {
        let text = format!("echo {number} # {}", "x".repeat(400));
        let steps = vec![Step::run(text)];
        let results = session.run(Job { steps }, None, None).await.unwrap();
        assert_eq!(results[0].stdout, format!("{number}\n").into_bytes());
    }
}

/// How the steps of a job ended that is halted once the file `begun` is there, and then finds `go_on`.
async fn halted(session: &mut Session, steps: Vec<Step>, begun: &str, go_on: &str) -> Vec<Ended> {
    let halter = session.halter();
    let halt = async {
        while !Path::new(begun).exists() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        halter.halt().await;
        fs::write(go_on, "").unwrap();
    };
    let (results, ()) = tokio::join!(session.run(Job { steps }, None, None), halt);
    results.unwrap().into_iter().map(|it| it.ended).collect()
}

#[tokio::test]
async fn a_halted_job_ends_behind_the_operation_that_is_running() {
    let folder = Folder::new("halt");
    let (begun, go_on) = (folder.path("begun"), folder.path("go-on"));
    let mut session = session().await;
    let wait = format!("touch {begun}; until [ -e {go_on} ]; do sleep 0.02; done; exit 3");
    let first = Step { success_codes: vec![3], ..Step::run(wait) };
    let of = |group, text: &str| Step { group, ..Step::run(text) };
    let always = Step { always: true, ..of(2, "echo always") };
    let steps = vec![of(0, "true"), first, of(0, "echo same"), of(1, "echo other"), always];
    let ended = halted(&mut session, steps, &begun, &go_on).await;
    let done = Ended::Code(0);
    assert_eq!(ended, [done.clone(), Ended::Code(3), done.clone(), Ended::Skipped, done]);
    let later = session.run(Job { steps: vec![Step::run("true")] }, None, None).await.unwrap();
    assert_eq!(later[0].ended, Ended::Skipped);
}

#[tokio::test]
async fn the_watcher_does_not_keep_the_output_open() {
    // Else a killed job would end with the watcher, which waits for its KILL, and not with its processes.
    let script = "exec 5>&1 6>&2; group=$(ps -o pgid= -p $$)
        watcher=$(ps -eo pgid=,ppid=,comm= | awk -v g=\"$group\" '$1 == g+0 && $3 == \"cat\" {print $2}')
        [ -d /proc/$watcher/fd ] || echo 'no watcher'
        for stream in 5 6; do ls -l /proc/$watcher/fd | grep -F \"$(readlink /proc/self/fd/$stream)\"; done
        true";
    let results = run(vec![Step::run(script)]).await;
    assert_eq!(String::from_utf8_lossy(&results[0].stdout), "");
}

#[tokio::test]
async fn endless_output_is_cut_and_ended() {
    let steps = vec![Step::run("yes infra-endless-41")];
    let error = session().await.run(Job { steps }, Some(Duration::from_secs(1)), None).await;
    let Err(Unfinished { error: SessionError::TimedOut { .. }, results }) = error else {
        panic!("{error:?}")
    };
    assert_eq!(results[0].ended, Ended::TimedOut);
    assert!(results[0].truncated && results[0].stdout.len() < 9 << 20);
    assert!(ends("yes infra-endless-41").await);
}

#[tokio::test]
async fn a_lost_session_leaves_no_process_and_no_file() {
    let folder = Folder::new("lost");
    let mut session = session().await;
    let slow = put(&folder.path("big"), b"content");
    let steps =
        vec![Step::new(Action::Put(Put { validate: Some("sleep 40.43; true %s".into()), ..slow }))];
    let job = session.run(Job { steps }, None, None);
    assert!(tokio::time::timeout(Duration::from_secs(2), job).await.is_err(), "it is still at it");
    drop(session);
    assert!(ends("sleep 40.43").await);
    for _ in 0..50 {
        if folder.names().is_empty() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(folder.names(), Vec::<String>::new());
}

#[tokio::test]
async fn files_are_written_whole_under_any_name() {
    let folder = Folder::new("names");
    let names = ["plain", "two words", "it's", "$(id)", "-dash", "new\nline", "ünïcode", "a\\b"];
    let contents: [&[u8]; 4] = [b"", b"no newline", b"text\n\n", b"\0\x01\xff bytes \n"];
    for name in names {
        for content in contents {
            let results = run(vec![
                Step::new(Action::Put(put(&folder.path(name), content))),
                Step::new(Action::Get { path: folder.path(name) }),
            ])
            .await;
            assert_eq!(results[0].ended, Ended::Code(0), "{name:?} {results:?}");
            assert_eq!(results[1].stdout, content, "{name:?}");
        }
    }
    assert_eq!(folder.names().len(), names.len(), "nothing else is there");
}

/// A file's content as an operation of its own.
fn write(group: usize, path: &str, text: &str) -> Step {
    Step { group, ..Step::new(Action::Put(put(path, text.as_bytes()))) }
}

#[tokio::test]
async fn of_several_writes_in_a_row_the_last_one_stays() {
    let folder = Folder::new("row");
    let path = folder.path("conf");
    // A second name for the file keeps what was there before the row.
    let step = |group, text: &str| Step { group, ..Step::run(text.replace("PATH", &path)) };
    let results = run(vec![
        write(0, &path, "one\n"),
        step(1, "ln PATH PATH.1"),
        write(2, &path, "two\n"),
        write(3, &path, "three\n"),
        write(4, &path, "four\n"),
        step(5, "cat PATH.1 PATH"),
    ])
    .await;
    assert!(results.iter().all(|it| it.ended == Ended::Code(0)), "{results:?}");
    assert_eq!(results[5].stdout, b"one\nfour\n");
    assert_eq!(folder.names(), ["conf", "conf.1"]);

    let missing = folder.path("missing/conf");
    let results = run(vec![write(0, &missing, "one\n"), write(1, &missing, "two\n")]).await;
    assert_eq!(results[0].ended, Ended::Code(1));
    assert!(String::from_utf8_lossy(&results[0].stderr).contains("directory does not exist"));
    assert_eq!(results[1].ended, Ended::Skipped);
}

#[tokio::test]
async fn a_file_that_a_halted_job_has_not_written_is_not_said_to_be() {
    let folder = Folder::new("halted-row");
    let (begun, go_on) = (folder.path("begun"), folder.path("go-on"));
    let path = folder.path("conf");
    let mut session = session().await;
    let wait = format!("touch {begun}; until [ -e {go_on} ]; do sleep 0.02; done");
    let steps = vec![
        Step { group: 0, ..Step::run(wait) },
        write(1, &path, "one\n"),
        write(2, &path, "two\n"),
    ];
    let ended = halted(&mut session, steps, &begun, &go_on).await;
    assert_eq!(ended, [Ended::Code(0), Ended::Skipped, Ended::Skipped]);
    assert_eq!(folder.names(), ["begun", "go-on"]);
}

/// A connection that ends at its process number `last`: nothing more is heard.
#[derive(Debug)]
struct Ending {
    last: usize,
    opened: AtomicUsize,
}

impl Connection for Ending {
    fn open<'a>(
        &'a self,
        command: &'a str,
        pty: bool,
    ) -> BoxFuture<'a, Result<Process, ConnectError>> {
        if self.opened.fetch_add(1, Ordering::SeqCst) + 1 < self.last {
            return LocalConnection.open(command, pty);
        }
        Box::pin(std::future::ready(Ok(Process {
            stdin: Box::new(tokio::io::sink()),
            stdout: Box::new(tokio::io::empty()),
            stderr: Box::new(tokio::io::empty()),
            exit: Box::pin(std::future::ready(Exit::Lost("the host went away".into()))),
        })))
    }

    fn close(&self) -> BoxFuture<'_, ()> {
        Box::pin(std::future::ready(()))
    }
}

async fn run_on_ending(last: usize, steps: Vec<Step>) -> Unfinished {
    let connection: Arc<dyn Connection> = Arc::new(Ending { last, opened: AtomicUsize::new(0) });
    let mut session = Session::open(&connection, &Account::default()).await.unwrap();
    session.run(Job { steps }, None, None).await.unwrap_err()
}

#[tokio::test]
async fn a_connection_that_ends_before_the_session_begins_is_lost_and_not_refused() {
    let error = run_on_ending(1, vec![Step::run("true"), Step::run("true")]).await;
    assert_eq!(error.error, SessionError::Lost { message: "the host went away".into() });
    let ended: Vec<&Ended> = error.results.iter().map(|it| &it.ended).collect();
    assert_eq!(ended, [&Ended::Lost, &Ended::Skipped], "the first one may have run");
}

#[tokio::test]
async fn what_had_ended_before_a_connection_is_lost_in_an_upload_is_kept() {
    let folder = Folder::new("upload-lost");
    let large = put(&folder.path("large"), &vec![b'x'; 300 << 10]);
    let steps = vec![Step::run("echo before"), Step::new(Action::Put(large)), Step::run("true")];
    let error = run_on_ending(2, steps).await;
    assert_eq!(error.error, SessionError::Lost { message: "the host went away".into() });
    assert_eq!(error.results[0].stdout, b"before\n");
    let ended: Vec<&Ended> = error.results.iter().map(|it| &it.ended).collect();
    assert_eq!(ended, [&Ended::Code(0), &Ended::Lost, &Ended::Skipped]);
    assert!(folder.names().is_empty());
}

#[tokio::test]
async fn a_large_file_has_a_channel_of_its_own() {
    let folder = Folder::new("large");
    let bytes: Vec<u8> = (0..3_000_000_u32).map(|it| (it % 251) as u8).collect();
    let results = run(vec![Step::new(Action::Put(put(&folder.path("x"), &bytes)))]).await;
    assert_eq!(results[0].ended, Ended::Code(0), "{results:?}");
    assert!(fs::read(folder.path("x")).unwrap() == bytes);
}

#[tokio::test]
async fn a_replaced_file_keeps_its_mode_and_a_link_stays_a_link() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let folder = Folder::new("mode");
    fs::write(folder.path("file"), "old").unwrap();
    fs::set_permissions(folder.path("file"), fs::Permissions::from_mode(0o640)).unwrap();
    symlink("file", folder.path("link")).unwrap();
    run(vec![Step::new(Action::Put(put(&folder.path("link"), b"new")))]).await;
    assert_eq!(fs::read_to_string(folder.path("file")).unwrap(), "new");
    assert!(fs::symlink_metadata(folder.path("link")).unwrap().is_symlink());
    let mode = fs::metadata(folder.path("file")).unwrap().permissions().mode() & 0o7777;
    assert_eq!(mode, 0o640);
    let wanted = Put { mode: Some(0o600), ..put(&folder.path("file"), b"newer") };
    run(vec![Step::new(Action::Put(wanted))]).await;
    let mode = fs::metadata(folder.path("file")).unwrap().permissions().mode() & 0o7777;
    assert_eq!(mode, 0o600);
}

#[tokio::test]
async fn a_failing_check_leaves_the_old_file_and_nothing_else() {
    let folder = Folder::new("check");
    fs::write(folder.path("file"), "old").unwrap();
    for failing in [
        Put { validate: Some("false %s".into()), ..put(&folder.path("file"), b"new") },
        Put { user: Some("infra-no-such-user".into()), ..put(&folder.path("file"), b"new") },
    ] {
        let results = run(vec![Step::new(Action::Put(failing))]).await;
        assert_ne!(results[0].ended, Ended::Code(0));
        assert_eq!(fs::read_to_string(folder.path("file")).unwrap(), "old");
        assert_eq!(folder.names(), ["file"]);
    }
    assert!(Path::new(&folder.path("file")).exists());
}

#[tokio::test]
async fn text_never_shows_in_the_process_list() {
    let mut session = session().await;
    let marker = "infra-secret-99812";
    let text = format!("x={marker}; sleep 1; echo \"$x\" >/dev/null");
    let seen = async {
        tokio::time::sleep(Duration::from_millis(500)).await;
        is_running(marker)
    };
    let steps = vec![Step::run(text)];
    let (results, seen) = tokio::join!(session.run(Job { steps }, None, None), seen);
    assert_eq!(results.unwrap()[0].ended, Ended::Code(0));
    assert!(!seen);
}
