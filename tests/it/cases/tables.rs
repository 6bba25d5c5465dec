//! What holds for all operations and facts, looked up in their tables.

use std::path::Path;

use infra_engine::args::ArgDef;
use infra_engine::options::GlobalArgs;
use infra_engine::{facts, operations, standard};
use infra_tests::{Outcome, folder};
use libtest_mimic::Trial;

use crate::examples::examples;
use crate::trial;

/// A row of either table.
struct Row {
    what: &'static str,
    name: &'static str,
    doc: &'static str,
    args: &'static [ArgDef],
    file: &'static str,
}

/// One check of the tables.
type Check = fn() -> Outcome;

pub(crate) fn trials() -> Vec<Trial> {
    let tests: [(&str, Check); 6] = [
        ("names are unique, and said as module.name", names),
        ("the path of a source file is the name", paths),
        ("manuals begin with a sentence and have an example", manuals),
        ("arguments are described and named once", arguments),
        ("every operation has a case", operations_have_cases),
        ("functions of the standard library are described, with an example", scripts),
    ];
    tests.into_iter().map(|(name, test)| trial(format!("tables: {name}"), test)).collect()
}

fn rows() -> impl Iterator<Item = Row> {
    let operations = operations::all().map(|def| Row {
        what: "operation",
        name: def.name,
        doc: def.doc,
        args: def.args,
        file: def.file,
    });
    let facts = facts::all().map(|def| Row {
        what: "fact",
        name: def.name,
        doc: def.doc,
        args: def.args,
        file: def.file,
    });
    operations.chain(facts)
}

/// Every mistake at once; none is what a test wants.
fn none(mistakes: &[String]) -> Outcome {
    if mistakes.is_empty() { Ok(()) } else { Err(mistakes.join("\n")) }
}

fn names() -> Outcome {
    let mut mistakes = Vec::new();
    let mut seen = std::collections::HashSet::new();
    for Row { what, name, .. } in rows() {
        if !seen.insert((what, name)) {
            mistakes.push(format!("{what} {name} is there twice"));
        }
        let is_word = |it: &str| {
            !it.is_empty() && it.chars().all(|c| matches!(c, 'a'..='z' | '0'..='9' | '_'))
        };
        // `server.user`, and a module in a module: `freebsd.pkg.install`.
        if !name.contains('.') || !name.split('.').all(is_word) {
            mistakes.push(format!("{what} {name} is not said as module.name"));
        }
    }
    for (alias, name) in operations::ALIASES.iter().chain(facts::ALIASES) {
        let known = |it: &str| rows().any(|row| row.name == it);
        if known(alias) || !known(name) {
            mistakes.push(format!("{alias} is no other name of {name}"));
        }
    }
    none(&mistakes)
}

/// `operations/files/move_.rs` declares `files.move`, which is a word of Rust.
fn paths() -> Outcome {
    let mut mistakes = Vec::new();
    for Row { what, name, file, .. } in rows().filter(|row| row.what == "operation") {
        let expected = format!("{what}s/{}", name.replace('.', "/"));
        let found = Path::new(file).with_extension("").to_string_lossy().replace('\\', "/");
        if !found.trim_end_matches('_').ends_with(&expected) {
            mistakes.push(format!("{what} {name} is declared in {file}"));
        }
    }
    none(&mistakes)
}

fn manuals() -> Outcome {
    let mut mistakes = Vec::new();
    for Row { what, name, doc, .. } in rows() {
        let first = doc.trim_start().split("\n\n").next().unwrap_or_default().trim_end();
        if !first.starts_with(char::is_uppercase) || !first.ends_with(['.', ':']) {
            mistakes
                .push(format!("the manual of {what} {name} begins with no sentence: {first:?}"));
        }
        if examples(doc).is_empty() {
            mistakes.push(format!("the manual of {what} {name} has no example"));
        }
    }
    none(&mistakes)
}

/// Every public function is described, one that takes options names each of them, and every script has
/// an example.
fn scripts() -> Outcome {
    let mut mistakes = Vec::new();
    for module in standard::modules() {
        let functions = module.functions();
        let mut all = vec![(module.name.to_owned(), module.doc())];
        all.extend(
            functions.iter().map(|it| (format!("{}.{}", module.name, it.name), it.doc.clone())),
        );
        for (name, doc) in &all {
            let first = doc.split("\n\n").next().unwrap_or_default().trim_end();
            if !first.starts_with(char::is_uppercase) || !first.ends_with(['.', ':']) {
                mistakes.push(format!("the manual of {name} begins with no sentence: {first:?}"));
            }
        }
        if !all.iter().any(|(_, doc)| !examples(doc).is_empty()) {
            mistakes.push(format!("{} has no example", module.name));
        }
        for (function, option) in declared(module.text) {
            let described = functions
                .iter()
                .any(|it| it.name == function && it.doc.contains(&format!("`{option}`")));
            if !described && functions.iter().any(|it| it.name == function) {
                mistakes.push(format!("{}.{function}: `{option}` is not described", module.name));
            }
        }
    }
    none(&mistakes)
}

/// The options that functions of a script declare, by the script's looks: a line each in the map.
fn declared(text: &str) -> Vec<(&str, &str)> {
    let mut found = Vec::new();
    let mut function = "";
    let mut is_inside = false;
    for line in text.lines() {
        let rest = line.strip_prefix("private ").unwrap_or(line);
        if let Some(rest) = rest.strip_prefix("fn ") {
            function = rest.split('(').next().unwrap_or_default();
        }
        let words = line.split_once("options(given, #{");
        is_inside |= words.is_some();
        if is_inside {
            let inside = words.map_or(line, |(_, rest)| rest);
            let names = inside.split(", ").filter_map(|it| it.trim().split_once(": "));
            found.extend(names.map(|(name, _)| (function, name)));
        }
        is_inside &= !line.trim_end().ends_with("})") && !line.contains("});");
    }
    found
}

fn arguments() -> Outcome {
    let mut mistakes = Vec::new();
    for Row { what, name, args, .. } in rows() {
        for (at, arg) in args.iter().enumerate() {
            if arg.doc.trim().is_empty() {
                mistakes.push(format!("{what} {name}: `{}` is not described", arg.name));
            }
            let taken =
                |other: &ArgDef| other.name == arg.name || other.aliases.contains(&arg.name);
            if args.iter().take(at).any(taken) || arg.name == "name" || GlobalArgs::knows(arg.name)
            {
                mistakes.push(format!("{what} {name}: `{}` is taken", arg.name));
            }
        }
    }
    none(&mistakes)
}

fn operations_have_cases() -> Outcome {
    let folder = folder("operations");
    let lacking = |name: &str| !folder.join(name.replace('.', "/")).with_extension("md").is_file();
    let names = operations::all().map(|def| def.name).filter(|name| lacking(name));
    let mistakes: Vec<String> = names.map(|name| format!("{name} has no case")).collect();
    none(&mistakes)
}
