//! Cases are in `cases.txt`: files, an argument with options, and everything that comes of it.

use std::fmt::Write;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use super::{Connector, Inventory, LoadError, config, load};
use crate::place::Problem;
use crate::settings::Settings;
use crate::value::Value;

#[test]
fn cases() {
    let root = std::env::temp_dir().join(format!("infra-inventory-{}", std::process::id()));
    let mut wrong = String::new();
    let mut count = 0;
    for case in include_str!("cases.txt").split("=== ").skip(1) {
        let (title, rest) = case.split_once('\n').unwrap();
        let folder = root.join(count.to_string());
        count += 1;
        for part in rest.split("--- ").skip(1) {
            let (head, body) = part.split_once('\n').unwrap();
            let Some(line) = head.strip_prefix("run ") else {
                write(&folder.join(head), body);
                continue;
            };
            let shown = run(line, &folder);
            if shown.trim() != body.trim() {
                write!(wrong, "=== {title}\n--- run {line}\n{shown}\n").unwrap();
            }
        }
    }
    fs::remove_dir_all(&root).unwrap();
    assert!(count > 15, "the cases were not read");
    assert!(wrong.is_empty(), "came out otherwise:\n{wrong}");
}

fn write(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
    if text.starts_with("#!") {
        fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
    }
}

/// `ARGUMENT [--limit P] [--exclude P] [--data k=v] [--group-data DIR]`, or `config [FILE]`; `$` is the
/// case's folder.
fn run(line: &str, folder: &Path) -> String {
    let here = format!("{}/", folder.display());
    let mut words = line.split(' ').map(|it| it.replace('$', &here));
    let argument = words.next().unwrap();
    if argument == "config" {
        let path = words.next();
        return configuration(path.as_deref().map(Path::new), folder).replace(&here, "");
    }
    let mut settings = Settings::default();
    while let (Some(option), Some(value)) = (words.next(), words.next()) {
        match option.as_str() {
            "--limit" => settings.limit.push(value),
            "--exclude" => settings.exclude.push(value),
            "--group-data" => settings.group_data.push(value.into()),
            "--data" => {
                let (key, value) = value.split_once('=').unwrap();
                settings.data.insert(key.to_owned(), Value::Word(value.to_owned()));
            }
            other => panic!("unknown option {other}"),
        }
    }
    let shown = match load(&argument, &settings) {
        Ok(inventory) => show(&inventory),
        Err(LoadError::NoHosts(problem)) => format!("no hosts: {problem}\n"),
        Err(LoadError::Problems(problems)) => show_problems(&problems),
    };
    shown.replace(&here, "")
}

fn show_problems(problems: &[Problem]) -> String {
    problems.iter().fold(String::new(), |text, it| format!("{text}problem: {it}\n"))
}

fn show(inventory: &Inventory) -> String {
    let mut text = String::new();
    for host in inventory.hosts.values() {
        let selected = if host.selected { "" } else { " (not selected)" };
        let connector = match &host.connector {
            Connector::Ssh => String::new(),
            other => format!(" {other:?}"),
        };
        let groups = host.groups.join(" ");
        writeln!(text, "{} [{groups}]{connector}{selected}", host.name).unwrap();
        assert!(host.data.keys().eq(host.origin.keys()), "{}: origins", host.name);
        for (key, value) in &host.data {
            writeln!(text, "  {key}: {} ({})", value.to_json(), host.origin[key]).unwrap();
        }
    }
    for (name, hosts) in &inventory.groups {
        writeln!(text, "{name} = {}", hosts.join(" ")).unwrap();
    }
    text
}

fn configuration(path: Option<&Path>, beside: &Path) -> String {
    match config(path, Some(beside)) {
        Ok(config) => {
            let mut settings = Settings::default();
            config.apply(&mut settings);
            format!(
                "parallel {} serial {} no_wait {} fail_percent {:?} retry {} {:?} timeouts {:?} {:?} \
                 diff {:?} globals {}\n",
                settings.parallel,
                settings.serial,
                settings.no_wait,
                settings.fail_percent,
                settings.retry,
                settings.retry_delay,
                settings.connect_timeout,
                settings.timeout,
                config.diff,
                Value::Map(settings.globals),
            )
        }
        Err(problems) => show_problems(&problems),
    }
}

#[test]
fn what_the_command_line_gives_wins_over_the_configuration() {
    let folder = std::env::temp_dir().join(format!("infra-config-{}", std::process::id()));
    write(&folder.join("config.rhai"), "let retry = 3; let env = #{ A: \"c\", B: \"c\" };");
    let config = config(None, Some(&folder)).unwrap();
    fs::remove_dir_all(&folder).unwrap();
    let mut settings = Settings::default();
    let env = serde_json::json!({ "_env": { "A": "line" } });
    let Value::Map(globals) = Value::from(env) else { panic!("not a map") };
    settings.globals = globals;
    config.apply(&mut settings);
    assert_eq!(settings.retry, 3);
    let globals = Value::Map(settings.globals).to_json();
    assert_eq!(globals, serde_json::json!({ "_env": { "A": "line", "B": "c" } }));
}
