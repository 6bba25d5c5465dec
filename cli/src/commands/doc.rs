//! `infra doc`: the manual of operations, facts and global arguments, from their declarations.

mod definitions;
mod markdown;
mod page;
mod scripts;
mod site;

use std::collections::BTreeMap;
use std::io::IsTerminal;
use std::path::PathBuf;

use clap::Parser;
use infra_engine::Args;
use infra_engine::args::{ArgDef, Kind};
use infra_engine::error::{Error, did_you_mean};
use infra_engine::options::GlobalArgs;
use infra_engine::place::Problem;
use infra_engine::{facts, operations, standard};
use serde_json::{Value as Json, json};

use self::scripts::Script;
use super::{Stop, data_style, print, say};
use crate::diagnostic;
use crate::engine::exit;
use crate::terminal::{self, Role, Style};
use crate::words::{self, add};

/// The manual. Without a name: all operations, facts and scripts of the standard library, one line each.
#[derive(Clone, Debug, Parser)]
#[command(name = "infra doc", bin_name = "infra doc", max_term_width = 100)]
pub(crate) struct DocOptions {
    /// An operation, a fact, a module, a global argument, a script of the standard library or one of
    /// its functions: files.line, server, _sudo, std/app, std/app.deploy
    name: Option<String>,

    /// Only what has this text in its name or manual
    #[arg(long, value_name = "TEXT", conflicts_with = "name")]
    search: Option<String>,

    /// Write the manual as a site into this folder: pages that need no server
    #[arg(long, value_name = "DIR", conflicts_with_all = ["name", "search", "json"])]
    site: Option<PathBuf>,

    /// Write Rhai definition files into this folder, for editors
    #[arg(long, value_name = "DIR", conflicts_with_all = ["name", "search", "json", "site"])]
    definitions: Option<PathBuf>,

    /// Everything as one JSON object
    #[arg(long)]
    json: bool,

    /// No colours
    #[arg(long)]
    no_color: bool,
}

/// One operation or fact.
#[derive(Clone, Copy)]
struct Entry {
    what: &'static str,
    name: &'static str,
    doc: &'static str,
    args: &'static [ArgDef],
}

/// Prints what was asked for; gives the exit code.
pub(crate) fn run(options: &DocOptions) -> Result<u8, Stop> {
    if let Some(folder) = &options.site {
        let pages = site::write(folder)?;
        let start = folder.join("index.html");
        say(&format!("wrote {}, first {}\n", words::count(pages, "page"), start.display()));
        return Ok(0);
    }
    if let Some(folder) = &options.definitions {
        let files = definitions::write(folder)?;
        say(&format!("wrote {} to {}\n", words::count(files, "file"), folder.display()));
        return Ok(0);
    }
    let name = options.name.as_deref().map(|name| canonical(name).to_owned());
    Ok(show(&DocOptions { name, ..options.clone() }))
}

/// The name under which the manual has an operation, a fact or a module that is given by another one.
fn canonical(name: &str) -> &str {
    let aliases = || operations::ALIASES.iter().chain(facts::ALIASES);
    let whole = aliases().find(|(alias, _)| *alias == name).map(|(_, name)| *name);
    let is_module = |it: &str| entries().any(|entry| is_named(&entry, it));
    let module = || {
        let (_, found) = aliases()
            .find(|(alias, _)| alias.rsplit_once('.').is_some_and(|(module, _)| module == name))?;
        Some(found.rsplit_once('.')?.0)
    };
    whole.or_else(|| module().filter(|_| !is_module(name))).unwrap_or(name)
}

fn show(options: &DocOptions) -> u8 {
    let style = data_style(options.no_color);
    let wanted: Vec<Entry> = entries()
        .filter(|entry| options.name.as_deref().is_none_or(|name| is_named(entry, name)))
        .filter(|entry| options.search.as_deref().is_none_or(|text| has(entry, text)))
        .collect();
    let globals: Vec<&ArgDef> = GlobalArgs::ARGS
        .iter()
        .filter(|def| options.name.as_deref().is_none_or(|name| def.name == name))
        .filter(|def| options.search.as_deref().is_none_or(|text| argument_has(def, text)))
        .collect();
    let scripts = scripts::matching(|module, function| {
        options.name.as_deref().is_none_or(|name| module.is_named(name, function))
            && options.search.as_deref().is_none_or(|text| module.has(text, function))
    });
    if wanted.is_empty() && globals.is_empty() && scripts.is_empty() {
        let style = Style::of(&std::io::stderr(), !options.no_color);
        say(&diagnostic::render(&Problem::new(nothing(options)), style));
        return exit::MISTAKE;
    }
    if options.json {
        print(&format!("{:#}\n", as_json(&wanted, &globals, &scripts)));
        return 0;
    }
    let is_page = wanted.iter().any(|entry| options.name.as_deref() == Some(entry.name));
    if options.name.is_some() && !scripts.is_empty() {
        print(&scripts::pages(&scripts, options.name.as_deref(), style));
        return 0;
    }
    print(&if is_page || (wanted.is_empty() && options.search.is_none()) {
        page::pages(&wanted, &globals, style)
    } else {
        list(&wanted, &globals, &scripts, style, width())
    });
    0
}

fn entries() -> impl Iterator<Item = Entry> {
    let operations = operations::all().map(|def| Entry {
        what: "operation",
        name: def.name,
        doc: def.doc,
        args: def.args,
    });
    let facts = facts::all().map(|def| Entry {
        what: "fact",
        name: def.name,
        doc: def.doc,
        args: def.args,
    });
    operations.chain(facts)
}

/// Whether an entry is what a name means: itself, or one of its module.
fn is_named(entry: &Entry, name: &str) -> bool {
    entry.name == name || entry.name.rsplit_once('.').is_some_and(|(module, _)| module == name)
}

fn has(entry: &Entry, text: &str) -> bool {
    let text = text.to_lowercase();
    let contains = |it: &str| it.to_lowercase().contains(&text);
    contains(entry.name) || contains(entry.doc) || entry.args.iter().any(|it| contains(it.name))
}

fn argument_has(def: &ArgDef, text: &str) -> bool {
    let text = text.to_lowercase();
    def.name.contains(&text) || def.doc.to_lowercase().contains(&text)
}

fn nothing(options: &DocOptions) -> Error {
    if let Some(text) = &options.search {
        return Error::usage(format!("nothing in the manual has the text `{text}`"));
    }
    let name = options.name.as_deref().unwrap_or_default();
    let modules = entries().filter_map(|it| it.name.rsplit_once('.')).map(|(module, _)| module);
    let known: Vec<&str> = entries()
        .map(|it| it.name)
        .chain(GlobalArgs::ARGS.iter().map(|def| def.name))
        .chain(modules)
        .chain(standard::modules().map(|module| module.name))
        .collect();
    let hint = did_you_mean(name, known)
        .unwrap_or_else(|| format!("to look for it in all texts: infra doc --search {name}"));
    Error::usage(format!("there is no operation, fact or global argument `{name}`")).hint(hint)
}

/// Columns for a line of the list; as many as it takes where no terminal cuts them.
fn width() -> usize {
    if std::io::stdout().is_terminal() { terminal::width() } else { usize::MAX }
}

/// One line each, by module.
fn list(
    entries: &[Entry],
    globals: &[&ArgDef],
    scripts: &[Script],
    style: Style,
    width: usize,
) -> String {
    let mut modules: BTreeMap<&str, Vec<&Entry>> = BTreeMap::new();
    for entry in entries {
        let module = entry.name.rsplit_once('.').map_or("", |(module, _)| module);
        modules.entry(module).or_default().push(entry);
    }
    let named =
        entries.iter().map(|it| it.name.len()).chain(globals.iter().map(|it| it.name.len()));
    let functions = scripts.iter().flat_map(|it| it.functions.iter().map(|it| it.name.len()));
    let widest = named.chain(functions).max().unwrap_or(0);
    let line = |name: &str, doc: &str| {
        let line = format!("  {name:<widest$}  {}", first_sentence(doc));
        words::cut(line.trim_end(), width) + "\n"
    };
    let mut text = String::new();
    for (module, mut members) in modules {
        members.sort_by_key(|it| it.name);
        add(&mut text, format_args!("{}\n", style.paint(Role::Title, module)));
        for what in ["operation", "fact"] {
            let same: Vec<_> = members.iter().filter(|it| it.what == what).collect();
            if same.is_empty() {
                continue;
            }
            add(&mut text, format_args!(" {}\n", style.paint(Role::Quiet, format!("{what}s"))));
            text.extend(same.iter().map(|it| line(it.name, it.doc)));
        }
        text.push('\n');
    }
    if !globals.is_empty() {
        add(&mut text, format_args!("{}\n", style.paint(Role::Title, "global arguments")));
        text.extend(globals.iter().map(|it| line(it.name, it.doc)));
        text.push('\n');
    }
    for script in scripts {
        add(&mut text, format_args!("{}\n", style.paint(Role::Title, script.name)));
        text.extend(script.functions.iter().map(|it| line(&it.name, &it.doc)));
        text.push('\n');
    }
    text + "A page of the manual: infra doc NAME\n"
}

pub(super) fn first_sentence(doc: &str) -> String {
    let paragraph: Vec<&str> = doc.trim().lines().take_while(|line| !line.is_empty()).collect();
    let paragraph = paragraph.join(" ");
    match paragraph.split_once(". ") {
        Some((sentence, _)) => format!("{sentence}."),
        None => paragraph,
    }
}

fn as_json(entries: &[Entry], globals: &[&ArgDef], scripts: &[Script]) -> Json {
    let of = |what: &str| -> Vec<Json> {
        let same = entries.iter().filter(|entry| entry.what == what);
        same.map(|it| {
            json!({"name": it.name, "doc": it.doc.trim(), "example": examples(it.doc),
                "arguments": it.args.iter().map(argument_json).collect::<Vec<_>>()})
        })
        .collect()
    };
    let globals: Vec<Json> = globals.iter().map(|def| argument_json(def)).collect();
    json!({"operations": of("operation"), "facts": of("fact"), "global_arguments": globals,
        "standard_library": scripts.iter().map(Script::json).collect::<Vec<_>>()})
}

fn argument_json(def: &ArgDef) -> Json {
    json!({"name": def.name, "doc": def.doc.trim(), "type": type_name(def.kind),
        "takes": def.kind.to_string(), "choices": choices(def.kind), "required": def.required,
        "default": def.default.map(default_json), "aliases": def.aliases, "rest": def.rest})
}

/// A default as JSON where it is a plain value, else as text.
fn default_json(default: &str) -> Json {
    let text = page::rhai(default);
    serde_json::from_str(&text).unwrap_or(Json::String(text))
}

/// A type as one word, for programs.
fn type_name(kind: Kind) -> String {
    match kind {
        Kind::Text | Kind::Choice(_) => "text".to_owned(),
        Kind::Bool => "bool".to_owned(),
        Kind::Integer => "integer".to_owned(),
        Kind::Number => "number".to_owned(),
        Kind::Scalar => "scalar".to_owned(),
        Kind::Mode => "mode".to_owned(),
        Kind::Secret => "secret".to_owned(),
        Kind::List(of) => format!("list<{}>", type_name(*of)),
        Kind::OneOrMany(of) => format!("one-or-many<{}>", type_name(*of)),
        Kind::Map(of) => format!("map<{}>", type_name(*of)),
        Kind::Function => "function".to_owned(),
        Kind::Any => "any".to_owned(),
    }
}

fn choices(kind: Kind) -> Option<&'static [&'static str]> {
    match kind {
        Kind::Choice(words) => Some(words),
        Kind::List(of) | Kind::OneOrMany(of) | Kind::Map(of) => choices(*of),
        _ => None,
    }
}

/// The example of a doc comment, without the marks around it.
fn examples(doc: &str) -> Option<String> {
    let (_, rest) = doc.split_once("```rhai\n")?;
    let (example, _) = rest.split_once("```")?;
    Some(example.trim_end().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_manual_is_whole() {
        let all: Vec<Entry> = entries().collect();
        let globals: Vec<&ArgDef> = GlobalArgs::ARGS.iter().collect();
        let scripts = scripts::matching(|_, _| true);
        let json = as_json(&all, &globals, &scripts);
        for (key, number) in [
            ("operations", operations::all().count()),
            ("facts", facts::all().count()),
            ("global_arguments", GlobalArgs::ARGS.len()),
            ("standard_library", standard::modules().count()),
        ] {
            assert_eq!(json.get(key).and_then(Json::as_array).map(Vec::len), Some(number), "{key}");
        }
        let text = list(&all, &globals, &scripts, Style::PLAIN, usize::MAX);
        assert!(all.iter().all(|entry| text.contains(entry.name)));
    }
}
