//! The inventory argument: files, hosts and connectors in a comma list.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use super::document::ENDINGS;
use super::draft::{Draft, HostLayer};
use super::{address, ansible, file};
use crate::error::{Error, Result};
use crate::nearby;
use crate::place::{Problem, shown};
use crate::script::DataScripts;

/// What a word of the argument is.
enum Word<'a> {
    /// A file of ours.
    Values(PathBuf),
    /// A program that prints Ansible's dynamic inventory.
    Program(PathBuf),
    /// An inventory of Ansible's: INI, YAML or a program.
    Ansible(PathBuf),
    /// A host, or a connector.
    Host(&'a str),
}

/// Reads everything that the argument names; every mistake at once.
pub(super) fn read(argument: &str, scripts: &DataScripts) -> Result<Draft, Vec<Problem>> {
    // A path may hold a comma.
    let words = if Path::new(argument).is_file() {
        vec![argument]
    } else {
        argument.split(',').map(str::trim).filter(|it| !it.is_empty()).collect()
    };
    let mut draft = Draft::default();
    let mut problems = Vec::new();
    for word in words {
        let result = classify(word).map_err(|error| vec![error.into()]);
        if let Err(more) = result.and_then(|it| add(it, &mut draft, scripts)) {
            problems.extend(more);
        }
    }
    if problems.is_empty() { Ok(draft) } else { Err(problems) }
}

fn add(word: Word<'_>, draft: &mut Draft, scripts: &DataScripts) -> Result<(), Vec<Problem>> {
    match word {
        Word::Values(path) => file::read(&path, draft, scripts),
        Word::Program(path) => ansible::program(&path, draft).map_err(|error| vec![error.into()]),
        Word::Ansible(path) => ansible::file(&path, draft),
        Word::Host(word) => {
            let found = address::hosts(word).map_err(|error| vec![Problem::new(error)])?;
            for host in found {
                draft.host(host, HostLayer::CommandLine, "command line");
            }
            Ok(())
        }
    }
}

fn classify(word: &str) -> Result<Word<'_>> {
    if let Some(path) = word.strip_prefix("@ansible/")
        && !path.is_empty()
    {
        let path = PathBuf::from(path);
        if !path.is_file() {
            return Err(missing(&path));
        }
        return Ok(if executable(&path) { Word::Program(path) } else { Word::Ansible(path) });
    }
    if word.starts_with('@') {
        return Ok(Word::Host(word));
    }
    let path = PathBuf::from(word);
    let ending = path.extension().and_then(|it| it.to_str()).unwrap_or_default();
    let known = ENDINGS.contains(&ending);
    if path.is_file() && known {
        return Ok(Word::Values(path));
    }
    if path.is_file() && executable(&path) {
        return Ok(Word::Program(path));
    }
    if path.is_file() {
        return Err(Error::usage(format!("`{word}` is a file, but no inventory by its ending"))
            .hint(format!(
                "inventories end in .{}, or are programs; an inventory of Ansible's is \
                 `@ansible/{word}`, a host of that name `@ssh/{word}`",
                ENDINGS.join(", .")
            )));
    }
    if path.is_dir() && word.contains('/') {
        return Err(Error::usage(format!("the inventory `{word}` is a folder"))
            .hint("name one of the files in it"));
    }
    if known || word.contains('/') {
        return Err(missing(&path));
    }
    Ok(Word::Host(word))
}

fn executable(path: &Path) -> bool {
    path.metadata().is_ok_and(|it| it.permissions().mode() & 0o111 != 0)
}

/// A file that is not there, with the one that may have been meant.
pub(super) fn missing(path: &Path) -> Error {
    let error = Error::usage(format!("there is no inventory file `{}`", shown(path)));
    error.hint(nearby::hint(path).unwrap_or_else(|| {
        "a host whose name looks like a file's is written `@ssh/NAME`".to_owned()
    }))
}
