//! Cases are data: a script, and the problems that are found in it.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use super::check_scripts;
use crate::inventory::{HostEntry, Inventory};
use crate::value::{Map, Value};

/// A folder of its own for each case.
fn project(name: &str, files: &[(&str, &str)]) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("infra-check-{}-{name}", std::process::id()));
    for (path, text) in files {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().expect("a file is in a folder")).expect("can be made");
        fs::write(path, text).expect("can be written");
    }
    folder
}

/// `line:column width message | hint`, a line each; the file first where it is not `deploy.rhai`.
fn found(folder: &Path, inventory: Option<&Inventory>) -> String {
    let mut text = String::new();
    for problem in check_scripts(&[folder.join("deploy.rhai")], inventory) {
        let place = problem.place.unwrap_or_default();
        let file = Path::new(&*place.file).strip_prefix(folder).unwrap_or(Path::new(&*place.file));
        if file != Path::new("deploy.rhai") {
            let _ = write!(text, "{}:", file.display());
        }
        let _ = write!(text, "{}:{}", place.line, place.column);
        if problem.width > 0 {
            let _ = write!(text, "+{}", problem.width);
        }
        let said = problem.error.to_string().replace(&format!("{}/", folder.display()), "");
        let _ = write!(text, " {said}");
        if let Some(hint) = &problem.error.hint {
            let _ = write!(text, " | {}", hint.replace(&*folder.display().to_string(), "…"));
        }
        text.push('\n');
    }
    text
}

/// One host with a few data.
fn inventory() -> Inventory {
    let data = Map::from([
        ("workers".to_owned(), Value::Int(4)),
        ("app_dir".to_owned(), Value::from("/srv/app")),
    ]);
    let host = HostEntry {
        name: "web1".to_owned(),
        groups: vec!["all".to_owned()],
        data,
        origin: indexmap::IndexMap::new(),
        connector: crate::inventory::Connector::Local,
        selected: true,
    };
    Inventory {
        hosts: [("web1".to_owned(), host)].into_iter().collect(),
        groups: [("all".to_owned(), vec!["web1".to_owned()])].into_iter().collect(),
    }
}

/// A case: `=== name`, its files (`--- path`, the first is `deploy.rhai`), and after `>>>` what is found.
#[test]
fn finds_every_mistake_and_nothing_else() {
    let mut wrong = String::new();
    for case in include_str!("cases.txt").split("=== ").skip(1) {
        let (name, rest) = case.split_once('\n').expect("a case has a name");
        let (sources, expected) = rest.split_once(">>>\n").expect("a case says what is found");
        let mut files = Vec::new();
        let mut parts = sources.split("--- ");
        files.push(("deploy.rhai", parts.next().unwrap_or_default()));
        files.extend(parts.filter_map(|it| it.split_once('\n')));
        let folder = project(&name.replace(' ', "-"), &files);
        let with_data = name.contains("data");
        let inventory = inventory();
        let found = found(&folder, with_data.then_some(&inventory));
        let _ = fs::remove_dir_all(&folder);
        if found.trim() != expected.trim() {
            let _ = write!(wrong, "=== {name}\n>>> expected\n{expected}>>> found\n{found}\n");
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

/// What the manuals of the operations show has no mistakes.
#[test]
fn examples_of_the_manual_are_right() {
    let mut wrong = String::new();
    let mut checked = 0;
    for def in crate::operations::all() {
        for (number, example) in def.doc.split("```rhai\n").skip(1).enumerate() {
            let example = example.split("```").next().unwrap_or_default();
            // The files that examples name are not there; this is not what is wrong with them.
            let script = format!("if local.exists(\"x\") {{ }}\n{example}");
            let folder =
                project(&format!("manual-{}-{number}", def.name), &[("deploy.rhai", &script)]);
            let found = found(&folder, None);
            let _ = fs::remove_dir_all(&folder);
            checked += 1;
            if !found.is_empty() {
                let _ = write!(wrong, "{}\n{script}{found}\n", def.name);
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
    assert!(checked > 50, "only {checked} examples found");
}

/// The project that `infra init` writes has no mistakes.
#[test]
fn the_example_project_is_right() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../cli/src/init/deploy.rhai");
    let problems: Vec<String> =
        check_scripts(&[path], None).iter().map(ToString::to_string).collect();
    assert_eq!(problems, Vec::<String>::new());
}
