//! The one place where the command line meets the engine's runner.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use infra_engine::event::{Listener, Plan, Summary};
pub(crate) use infra_engine::interrupt::Interrupt;
use infra_engine::inventory::{self, LoadError};
pub(crate) use infra_engine::inventory::{Config, HostEntry, Inventory};
use infra_engine::place::Problem;
use infra_engine::run::FactRequest;
pub(crate) use infra_engine::run::{Connections, Request, exit};
use infra_engine::settings::Settings;

use crate::commands::Stop;
use crate::commands::parse::FactWords;

/// Reads the inventory that the command line names, and selects hosts.
pub(crate) fn load(argument: &str, settings: &Settings) -> Result<Inventory, Stop> {
    inventory::load(argument, settings).map_err(|error| match error {
        LoadError::Problems(problems) => Stop::Problems(problems, exit::MISTAKE),
        LoadError::NoHosts(problem) => Stop::Problems(vec![problem], exit::NO_HOSTS),
    })
}

/// Reads the configuration: the file that was named, else `config.rhai` beside the first script.
pub(crate) fn config(named: Option<&Path>, scripts: &[PathBuf]) -> Result<Config, Stop> {
    let beside = scripts.first().and_then(|script| script.parent());
    inventory::config(named, beside).map_err(|problems| Stop::Problems(problems, exit::MISTAKE))
}

/// Reads the arguments of facts; every mistake at once.
pub(crate) fn facts(words: Vec<FactWords>) -> Result<Request, Stop> {
    let mut requests = Vec::new();
    let mut problems: Vec<Problem> = Vec::new();
    for FactWords { name, positional, named } in words {
        match FactRequest::new(&name, positional, named) {
            Ok(request) => requests.push(request),
            Err(errors) => {
                let page = format!("its manual: infra doc {name}");
                problems.extend(errors.into_iter().map(|error| match &error.hint {
                    Some(_) => Problem::new(error),
                    None => Problem::new(error.hint(page.clone())),
                }));
            }
        }
    }
    if problems.is_empty() {
        Ok(Request::Facts(requests))
    } else {
        Err(Stop::Problems(problems, exit::MISTAKE))
    }
}

/// Does what is requested on the selected hosts; all is told to the listener.
pub(crate) fn run(
    inventory: &Inventory,
    request: Request,
    settings: &Settings,
    connections: &Connections,
    listener: Arc<dyn Listener>,
    approve: &(dyn Fn(&Plan) -> bool + Send + Sync),
    interrupt: Interrupt,
) -> Summary {
    infra_engine::run::run(inventory, request, settings, connections, listener, approve, interrupt)
}

/// Adds the operations and facts of the project in the working directory, or in that of `--chdir`, to
/// the tables; the mistakes in them.
pub(crate) fn declare(options: &[String]) -> Vec<Problem> {
    let mut words = options.iter();
    let mut folder = PathBuf::from(".");
    while let Some(word) = words.next() {
        match word.strip_prefix("--chdir") {
            Some("") => folder = words.next().map_or(folder, PathBuf::from),
            Some(value) => folder = PathBuf::from(value.trim_start_matches('=')),
            None => {}
        }
    }
    infra_engine::declare(vec![folder])
}

/// Every mistake in scripts that shows without a host.
pub(crate) fn check(scripts: &[PathBuf], inventory: Option<&Inventory>) -> Vec<Problem> {
    infra_engine::check(scripts, inventory)
}
