//! `infra doc --definitions DIR`: what scripts can call, as editors with a language server for Rhai read it.
//! One file a module, and one for the global arguments.

use std::collections::BTreeMap;
use std::path::Path;

use infra_engine::args::{ArgDef, Args};
use infra_engine::error::Error;
use infra_engine::operations;
use infra_engine::options::GlobalArgs;

use super::page::about;
use crate::words::add;

/// Words that cannot name a parameter in a definition file.
const RESERVED: &[&str] =
    &["default", "static", "module", "sync", "match", "case", "new", "use", "with"];

/// Writes the files; how many there are.
pub(super) fn write(folder: &Path) -> Result<usize, Error> {
    let mut modules: BTreeMap<&str, String> = BTreeMap::new();
    for def in operations::all() {
        let text = modules.entry(def.module()).or_insert_with(|| header(def.module()));
        text.push_str(&function(def.short_name(), def.doc, def.args));
    }
    std::fs::create_dir_all(folder)
        .map_err(|error| Error::usage(format!("cannot write `{}`: {error}", folder.display())))?;
    let globals: String = GlobalArgs::ARGS.iter().map(argument).collect();
    let globals = format!("module static;\n\n{}let config: global_arguments;\n", comment(&globals));
    let files = modules.iter().map(|(name, text)| (*name, text)).chain([("config", &globals)]);
    let mut written = 0;
    for (name, text) in files {
        let path = folder.join(format!("{name}.d.rhai"));
        std::fs::write(&path, text)
            .map_err(|error| Error::usage(format!("cannot write `{}`: {error}", path.display())))?;
        written += 1;
    }
    Ok(written)
}

fn header(module: &str) -> String {
    let name = module.replace('.', "_");
    format!("module static;\n\nlet {name}: {name}_operations;\n")
}

/// An operation: positional arguments, then a map of named ones.
fn function(name: &str, doc: &str, args: &[ArgDef]) -> String {
    let mut positional = String::new();
    for def in args.iter().filter(|it| it.required && !it.rest) {
        let word = if RESERVED.contains(&def.name) { "_" } else { "" };
        add(&mut positional, format_args!("{}{word}: ?, ", def.name));
    }
    let mut text = format!("{}\n\nArguments:\n\n", doc.trim());
    text.extend(args.iter().map(argument));
    format!("\n{}fn {name}({positional}arguments: map) -> result;\n", comment(&text))
}

fn argument(def: &ArgDef) -> String {
    let mut text = String::new();
    let doc = def.doc.trim().replace('\n', " ");
    add(&mut text, format_args!("* `{}` ({}): {doc}\n", def.name, about(def)));
    text
}

fn comment(text: &str) -> String {
    text.trim_end().lines().map(|line| format!("/// {line}").trim_end().to_owned() + "\n").collect()
}
