//! Whole outputs of runs that the tests make up, at 80 columns.

use std::sync::Arc;

use infra_engine::error::Error;
use infra_engine::event::{Change, Event, HostSummary, Listener, Plan, Record, Status, Subject};
use infra_engine::place::{Place, Problem};

use super::testing::{Paper, planned, record, start, subject, summary, view};
use super::{Plain, Telling, View};

/// What is told of these events.
fn told(view: View, events: &[Event]) -> String {
    let paper = Arc::new(Paper::default());
    let plain = Plain::new(view, Arc::<Paper>::clone(&paper));
    for event in events {
        plain.event(event);
    }
    paper.0.lock().unwrap().clone()
}

/// An operation with its results, from beginning to end.
fn operation(subject: &Arc<Subject>, records: Vec<Record>) -> Vec<Event> {
    let hosts = records.iter().map(|it| it.host.clone()).collect();
    let mut events = vec![Event::OperationStart { subject: Arc::clone(subject), hosts }];
    events.extend(records.into_iter().map(Event::Result));
    events.push(Event::OperationEnd { subject: Arc::clone(subject) });
    events
}

fn unreachable(host: &str) -> Event {
    let error = Error::unreachable(format!("cannot connect to {host}:22: connection refused"))
        .hint("is sshd running there?");
    Event::Unreachable { host: host.to_owned(), problem: Problem::new(error) }
}

/// A run on five hosts: one is lost, one fails, the others change or are fine.
fn mixed() -> Vec<Event> {
    let user = subject("Create the app user", "server.user", 3);
    let file = subject("files.file /etc/app.conf", "files.file", 9);
    let mut failed = record(&user, "web4", Status::Failed);
    failed.error = Some("the command failed".into());
    failed.failed_command = Some("useradd -m app".into());
    failed.code = Some(9);
    failed.stderr = "useradd: user 'app' already exists\n".into();
    failed.note = Some("is it in another directory service?".into());
    let mut slow = record(&user, "web2", Status::Changed);
    slow.seconds = 0.31;
    let mut events = vec![start(&["web1", "web2", "web3", "web4", "db1"]), unreachable("db1")];
    // Results come in any order; they are told in inventory order.
    events.extend(operation(
        &user,
        vec![
            failed,
            record(&user, "web3", Status::Ok),
            slow,
            record(&user, "web1", Status::Changed),
            record(&user, "db1", Status::Unreachable),
        ],
    ));
    let all = ["web1", "web2", "web3"];
    events.extend(operation(&file, all.map(|it| record(&file, it, Status::Ok)).to_vec()));
    events.push(summary(
        &[
            ("web1", HostSummary { changed: 1, ok: 1, ..HostSummary::default() }),
            ("web2", HostSummary { changed: 1, ok: 1, ..HostSummary::default() }),
            ("web3", HostSummary { ok: 2, ..HostSummary::default() }),
            ("web4", HostSummary { failed: 1, not_run: 1, ..HostSummary::default() }),
            ("db1", HostSummary { unreachable: true, ..HostSummary::default() }),
        ],
        1,
    ));
    events
}

#[test]
fn a_run_tells_what_changed_and_what_failed() {
    let expected = "\
db1 unreachable: cannot connect to db1:22: connection refused
  hint: is sshd running there?
Create the app user                           server.user  deploy.rhai:3:1
  changed   web1, web2  0.3 s
  ok        web3
  failed    web4  0.2 s
    error: the command failed
    command: useradd -m app
    exit code: 9
    stderr:
      useradd: user 'app' already exists
    hint: is it in another directory service?

host  changed       ok   failed  ignored  skipped  not run
web1        1        1        -        -        -        -
web2        1        1        -        -        -        -
web3        -        2        -        -        -        -
web4        -        -        1        -        -        1
db1         -        -        -        -        -        -  unreachable

5 hosts: 2 changed, 4 ok, 1 failed, 1 not run, 1 host unreachable in 2.1 s
";
    assert_eq!(told(view(Telling::Run), &mixed()), expected);
}

#[test]
fn quiet_tells_only_what_failed() {
    let text = told(View { quiet: true, ..view(Telling::Run) }, &mixed());
    assert!(text.contains("failed    web4"), "{text}");
    assert!(!text.contains("not run\nweb1"), "{text}");
    let fine = [start(&["h"]), summary(&[("h", HostSummary::default())], 0)];
    let expected = "1 host: nothing to do (no operation was called) in 2.1 s\n";
    assert_eq!(told(View { quiet: true, ..view(Telling::Run) }, &fine), expected);
}

#[test]
fn what_takes_long_is_told_of_at_growing_intervals() {
    let slow = subject("apt.packages nginx", "apt.packages", 3);
    let running =
        |host: &str| Event::Running { subject: Arc::clone(&slow), host: host.into(), before: 0 };
    let waiting = |host: &str, seconds: f64, line: &str| Event::Waiting {
        subject: Arc::clone(&slow),
        host: host.into(),
        seconds,
        line: line.into(),
    };
    let ended = Event::Result(record(&slow, "h1", Status::Ok));
    let mut events = vec![start(&["h1", "h2"]), running("h1"), running("h2")];
    let every_five = (1..=25).flat_map(|it| {
        let seconds = f64::from(it) * 5.0;
        [waiting("h1", seconds, "waiting for the lock"), waiting("h2", seconds + 0.5, "")]
    });
    events.extend(every_five);
    events.extend([ended, waiting("h2", 255.0, "configuring")]);
    let expected = "\
h1, h2: still at apt.packages nginx (deploy.rhai:3:1) after 30 s; h1: waiting for the lock
h1, h2: still at apt.packages nginx (deploy.rhai:3:1) after 1 min 0 s; h1: waiting for the lock
h1, h2: still at apt.packages nginx (deploy.rhai:3:1) after 2 min 0 s; h1: waiting for the lock
h2: still at apt.packages nginx (deploy.rhai:3:1) after 4 min 15 s: configuring
";
    assert_eq!(told(view(Telling::Run), &events), expected);
}

#[test]
fn a_converged_run_tells_its_summary_and_with_v_why() {
    let group = subject("server.group app", "server.group", 1);
    let mut fine = record(&group, "h1", Status::Ok);
    fine.note = Some("group app exists".into());
    let mut events = vec![start(&["h1"])];
    events.extend(operation(&group, vec![fine]));
    events.push(summary(&[("h1", HostSummary { ok: 1, ..HostSummary::default() })], 0));
    assert_eq!(told(view(Telling::Run), &events), "1 host: 1 ok in 2.1 s\n");
    let expected = "\
server.group app                              deploy.rhai:1:1
  ok        h1  group app exists

1 host: 1 ok in 2.1 s
";
    assert_eq!(told(View { verbosity: 1, ..view(Telling::Run) }, &events), expected);
}

#[test]
fn long_lists_and_long_outputs_are_cut() {
    let shell = subject("Build", "server.shell", 1);
    let hosts: Vec<String> = (1..=50).map(|it| format!("web{it}")).collect();
    let records = hosts
        .iter()
        .map(|host| {
            let mut failed = record(&shell, host, Status::Failed);
            failed.stdout = (1..=25).map(|it| format!("line {it}")).collect::<Vec<_>>().join("\n");
            failed
        })
        .collect();
    let names: Vec<&str> = hosts.iter().map(String::as_str).collect();
    let mut events = vec![start(&names)];
    events.extend(operation(&shell, records));
    let text = told(view(Telling::Run), &events);
    let expected = "\
Build                                         server.shell  deploy.rhai:1:1
  failed    web1, web2, web3, web4, web5 and 45 more (50 hosts)  0.2 s
    stdout:
      … 5 lines before
      line 6
";
    assert!(text.starts_with(expected), "{text}");
    assert!(text.ends_with("      line 25\n\n"), "{text}");
}

#[test]
fn an_interrupted_run_tells_what_it_had() {
    let user = subject("Create the app user", "server.user", 3);
    let events = [
        start(&["h1", "h2"]),
        Event::OperationStart { subject: Arc::clone(&user), hosts: vec!["h1".into(), "h2".into()] },
        Event::Result(record(&user, "h1", Status::Changed)),
        summary(&[("h1", HostSummary { changed: 1, ..HostSummary::default() })], 130),
    ];
    let expected = "\
Create the app user                           server.user  deploy.rhai:3:1
  changed   h1  0.2 s

Interrupted. 1 host: 1 changed in 2.1 s
";
    assert_eq!(told(view(Telling::Run), &events), expected);
}

#[test]
fn a_host_on_its_own_is_told_at_once() {
    let user = subject("Create the app user", "server.user", 3);
    let mut lost = record(&user, "h2", Status::Unreachable);
    lost.error = Some("the connection to h2 was lost".into());
    let changed = record(&user, "h1", Status::Changed);
    let events = [start(&["h1", "h2"]), Event::Result(changed), Event::Result(lost)];
    let expected = "\
Create the app user                           server.user  deploy.rhai:3:1
  changed   h1  0.2 s

h2 unreachable in Create the app user (deploy.rhai:3:1): the connection to h2 was lost
";
    assert_eq!(told(view(Telling::Run), &events), expected);
}

#[test]
fn a_mistake_on_several_hosts_is_told_once() {
    let place = Place { file: "deploy.rhai".into(), line: 1, column: 1 };
    let problem = |host: &str| Problem {
        host: Some(host.to_owned()),
        ..Problem::at(Error::usage("`x` is not known"), place.clone(), Some("x".into()))
    };
    let events = [Event::Problem(problem("h1")), Event::Problem(problem("h2")), summary(&[], 2)];
    let text = told(view(Telling::Mistakes), &events);
    let expected = "\
error: `x` is not known
 --> deploy.rhai:1:1
  |
1 | x
  | ^
  |
  = note: on h1, h2

";
    assert_eq!(text, expected);
}

#[test]
fn a_mistake_behind_an_operation_is_told_behind_it_once() {
    let user = subject("Create the app user", "server.user", 3);
    let place = Place { file: "deploy.rhai".into(), line: 1, column: 1 };
    let problem = |host: &str| {
        let error = Error::usage("the user has no home");
        Event::Problem(Problem {
            host: Some(host.to_owned()),
            ..Problem::at(error, place.clone(), Some("throw".into()))
        })
    };
    let begins = |host: &str| Event::OperationStart {
        subject: Arc::clone(&user),
        hosts: vec![host.to_owned()],
    };
    let changed = |host: &str| Event::Result(record(&user, host, Status::Changed));
    // One host at a time, each with the mistake as soon as it is past the operation.
    let events = [
        start(&["h1", "h2"]),
        begins("h2"),
        changed("h2"),
        problem("h2"),
        begins("h1"),
        changed("h1"),
        problem("h1"),
        Event::OperationEnd { subject: Arc::clone(&user) },
    ];
    let expected = "\
Create the app user                           server.user  deploy.rhai:3:1
  changed   h1, h2  0.2 s

error: the user has no home
 --> deploy.rhai:1:1
  |
1 | throw
  | ^^^^^
  |
  = note: on h1, h2

";
    assert_eq!(told(view(Telling::Run), &events), expected);
}

fn a_plan() -> Plan {
    let user = subject("Create the app user", "server.user", 3);
    let fine = subject("server.group app", "server.group", 1);
    let reload = subject("Reload", "systemd.service", 9);
    let why = Some("it depends on what `files.template` will do");
    let stop = Problem::at(
        Error::unknown("the output of `server.shell` is not known yet"),
        Place { file: "deploy.rhai".into(), line: 12, column: 4 },
        None,
    );
    Plan {
        records: vec![
            planned(&fine, "h1", Change::None, Some("group app exists")),
            planned(&user, "h1", Change::Change, None),
            planned(&reload, "h1", Change::Unknown, why),
            planned(&fine, "h2", Change::None, Some("group app exists")),
            planned(&user, "h2", Change::Change, None),
            planned(&reload, "h2", Change::Fail, Some("there is no service `app`")),
        ],
        open: vec![("h1".into(), stop.clone()), ("h2".into(), stop)],
        ..Plan::default()
    }
}

#[test]
fn a_plan_tells_changes_and_what_cannot_be_known() {
    let expected = "\
Create the app user                           server.user  deploy.rhai:3:1
  change  h1, h2

Reload                                        systemd.service  deploy.rhai:9:1
  unknown h1: it depends on what `files.template` will do
  fails   h2: there is no service `app`

known only in the run from deploy.rhai:12:4 on
  h1, h2: the output of `server.shell` is not known yet

Plan for 2 hosts: 2 changes, 1 not known yet, 1 will fail, 2 ok.
";
    assert_eq!(super::plan(&a_plan(), &view(Telling::Plan)), expected);
}

#[test]
fn a_plan_has_commands_with_v_and_differences_with_diff() {
    let user = subject("Create the app user", "server.user", 3);
    let plan =
        Plan { records: vec![planned(&user, "h1", Change::Change, None)], ..Plan::default() };
    let expected = "\
Create the app user                           server.user  deploy.rhai:3:1
  change  h1
    $ useradd app
    user app: present: no -> yes

Plan for 1 host: 1 change.
";
    let view = View { verbosity: 1, diff: true, ..view(Telling::Plan) };
    assert_eq!(super::plan(&plan, &view), expected);
}

#[test]
fn a_plan_without_changes_says_so() {
    let fine = subject("server.group app", "server.group", 1);
    let records = vec![planned(&fine, "h1", Change::None, None)];
    let plan = Plan { records, ..Plan::default() };
    assert_eq!(super::plan(&plan, &view(Telling::Plan)), "Nothing to change on 1 host: 1 ok.\n");
    assert!(!super::has_changes(&plan));
    assert!(super::has_changes(&a_plan()));
}
