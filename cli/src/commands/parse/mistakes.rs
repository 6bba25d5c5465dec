//! Words that name nothing: the error, and what may have been meant.

use std::path::Path;

use infra_engine::error::{Error, did_you_mean};
use infra_engine::{facts, operations};

use super::WORDS;
use crate::line::{COMMANDS, is_script};

/// The error for an inventory alone: it may have been forgotten, or be a mistyped command.
pub(super) fn no_command(inventory: &str) -> Error {
    Error::usage(format!("there is no command after the inventory `{inventory}`"))
        .hint(meant_by(inventory))
}

fn meant_by(inventory: &str) -> String {
    if is_script(inventory) && !inventory.contains("inventor") {
        return format!("to run the script on this machine: infra @local {inventory}");
    }
    forgotten_inventory(inventory)
        .or_else(|| did_you_mean(inventory, COMMANDS.iter().copied()))
        .unwrap_or_else(|| {
            format!("for example: infra {inventory} exec -- uptime; all commands: infra --help")
        })
}

/// Advice where the inventory is a word that is a command, or is one elsewhere.
fn forgotten_inventory(word: &str) -> Option<String> {
    match word {
        "new" => Some("to start a project: infra init [DIR]".to_owned()),
        "version" => Some("to see the version: infra --version".to_owned()),
        _ if WORDS.contains(&word) => {
            Some(format!("the inventory comes before `{word}`: infra INVENTORY {word} …"))
        }
        _ => None,
    }
}

/// The error for a name that is no operation.
pub(super) fn no_operation(name: &str, inventory: &str) -> Error {
    if facts::find(name).is_some() {
        return Error::usage(format!("`{name}` is a fact, not an operation"))
            .hint(format!("to print it: fact {name}"));
    }
    let known = || operations::all().map(|def| def.name);
    let Some((module, _)) = name.split_once('.') else {
        let mut modules = known().filter_map(|it| it.split_once('.')).map(|(module, _)| module);
        let error = Error::usage(format!("there is no command `{name}`"));
        if modules.any(|it| it == name) {
            return error.hint(format!("`{name}` is a module; its operations: infra doc {name}"));
        }
        return error.hint(
            forgotten_inventory(inventory)
                .or_else(|| did_you_mean(name, WORDS.iter().copied()))
                .or_else(|| did_you_mean(inventory, COMMANDS.iter().copied()))
                .unwrap_or_else(|| {
                    format!(
                        "to run it as a program: infra {inventory} exec -- {name}; \
                         all commands: infra --help"
                    )
                }),
        );
    };
    let is_other_language = [".py", ".yml", ".yaml"].iter().any(|it| name.ends_with(it));
    if is_other_language || name.contains('/') || Path::new(name).exists() {
        return Error::usage(format!("`{name}` is no deploy script"))
            .hint("deploy scripts are Rhai and end in .rhai");
    }
    let hint = did_you_mean(name, known())
        .or_else(|| did_you_mean(name, facts::all().map(|def| def.name)))
        .unwrap_or_else(|| {
            if known().any(|it| it.split_once('.').is_some_and(|(it, _)| it == module)) {
                format!("the operations of `{module}`: infra doc {module}")
            } else {
                "all operations: infra doc".to_owned()
            }
        });
    Error::usage(format!("there is no operation `{name}`")).hint(hint)
}

/// The error for a name that is no fact.
pub(super) fn no_fact(name: &str) -> Error {
    let error = Error::usage(format!("there is no fact `{name}`"));
    if operations::find(name).is_some() {
        return error.hint(format!("`{name}` is an operation, not a fact"));
    }
    let hint = did_you_mean(name, facts::all().map(|def| def.name));
    error.hint(hint.unwrap_or_else(|| "all facts: infra doc".to_owned()))
}
