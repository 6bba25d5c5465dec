//! `infra apply`: does what a saved plan says.

use std::path::PathBuf;

use clap::Parser;
use infra_engine::error::Error;

use super::{Stop, run};
use crate::args::Options;
use crate::engine;
use crate::line::{self, Line};
use crate::saved::plan::SavedPlan;

/// Does what a saved plan says, on the hosts that are still as they were. Asks no questions: the plan is the
/// answer.
///
/// `line` has the options that stand before the word `apply`, `rest` is what stands after it.
pub(crate) fn start(line: &Line, rest: Vec<String>) -> Result<u8, Stop> {
    let own = line::split(rest);
    let given = [line.options.clone(), own.options].concat();
    let help = "infra apply PLANFILE [OPTIONS]; --plan-out FILE makes a plan";
    let Some(path) = own.first else {
        return Err(Error::usage("`apply` needs the file of a saved plan").hint(help).into());
    };
    if let Some(word) = own.words.first().and_then(line::Word::text) {
        return Err(Error::usage(format!("`apply` takes one file, but got `{word}`"))
            .hint(help)
            .into());
    }
    let path = PathBuf::from(path);
    let saved = SavedPlan::read(&path)?;
    saved.is_new()?;
    let missing = saved.again.iter().find(|name| !given.iter().any(|it| is_option(it, name)));
    if let Some(name) = missing {
        return Err(Error::usage(format!("the plan was made with `{name}`, which is not saved"))
            .hint("it is a secret; give it again")
            .into());
    }
    std::env::set_current_dir(&saved.folder).map_err(|error| {
        Error::usage(format!("cannot work in `{}`: {error}", saved.folder.display()))
            .hint("the plan was made in this folder")
    })?;
    let mut line = line::split(saved.words.clone());
    line.options.extend(given);
    let mistakes = engine::declare(&line.options);
    let named = ["infra".to_owned()].into_iter().chain(line.options.clone());
    let mut options = Options::try_parse_from(named)?;
    options.run.yes = true;
    let inventory = line.first.clone().unwrap_or_default();
    let command = super::command(&inventory, &line, mistakes)?;
    run::command(&inventory, command, &options, &run::Origin { line: &line, saved: Some(&saved) })
}

fn is_option(word: &str, name: &str) -> bool {
    word == name || word.strip_prefix(name).is_some_and(|rest| rest.starts_with('='))
}
