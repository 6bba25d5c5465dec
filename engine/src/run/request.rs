//! What a run is asked to do.

use std::path::PathBuf;
use std::sync::Arc;

use super::Prepared;
use crate::error::{Error, Result, did_you_mean};
use crate::fact::AnyFact;
use crate::options::GlobalArgs;
use crate::place::Problem;
use crate::project::folder_of;
use crate::script::{Program, Shared, unknown_fact};
use crate::value::{Map, Value};
use crate::{facts, operations};

/// What a run is asked to do.
#[derive(Debug)]
pub enum Request {
    /// Deploy scripts in order; or one task of the last of them.
    Deploy {
        /// The scripts.
        scripts: Vec<PathBuf>,
        /// A function of the script, run instead of its top level.
        task: Option<String>,
        /// The function's arguments by name.
        arguments: Map,
    },
    /// One operation.
    Operation {
        /// Its name: `files.file`.
        name: String,
        /// Positional arguments.
        positional: Vec<Value>,
        /// Named arguments, global ones included.
        named: Map,
    },
    /// A shell command, its output passed on as it comes.
    Exec {
        /// The command.
        command: String,
    },
    /// Facts to show.
    Facts(Vec<FactRequest>),
}

/// A fact to show.
#[derive(Debug)]
pub struct FactRequest {
    /// Its name: `server.users`.
    pub name: String,
    pub(super) fact: Box<dyn AnyFact>,
    /// The global arguments that it was given.
    pub(super) globals: Map,
}

impl FactRequest {
    /// Reads a request; every mistake at once.
    pub fn new(name: &str, positional: Vec<Value>, named: Map) -> Result<Self, Vec<Error>> {
        let def = facts::find(name).ok_or_else(|| vec![unknown_fact(name)])?;
        let (globals, own) = crate::options::split(named);
        GlobalArgs::read_map(globals.clone())?;
        Ok(Self { name: def.name.to_owned(), fact: def.read(positional, own)?, globals })
    }

    pub(super) fn arguments_json(&self) -> serde_json::Map<String, serde_json::Value> {
        self.fact.arguments().iter().map(|(key, it)| (key.clone(), it.to_json())).collect()
    }
}

impl Request {
    /// Where project files are looked for: the working directory, then beside the scripts.
    pub(super) fn folders(&self) -> Vec<PathBuf> {
        let mut folders = vec![PathBuf::from(".")];
        if let Self::Deploy { scripts, .. } = self {
            folders.extend(scripts.iter().map(|script| folder_of(script)));
        }
        folders.dedup();
        folders
    }

    /// Loads scripts and looks names up.
    pub(super) fn prepare(self, shared: &Shared) -> Result<Prepared, Vec<Problem>> {
        let (program, planned) = match self {
            Self::Deploy { scripts, task, arguments } => {
                (deploy(shared, &scripts, task, arguments)?, true)
            }
            Self::Operation { name, positional, named } => {
                (operation(&name, positional, named)?, true)
            }
            Self::Exec { command } => {
                let label = Some(command.clone());
                let mut program =
                    operation("server.shell", vec![Value::Text(command)], Map::new())?;
                if let Program::Operation { label: own, .. } = &mut program {
                    *own = label;
                }
                (program, false)
            }
            Self::Facts(facts) => return Ok(Prepared::Facts(facts)),
        };
        Ok(Prepared::Program { program: Arc::new(program), planned })
    }
}

fn deploy(
    shared: &Shared,
    paths: &[PathBuf],
    task: Option<String>,
    arguments: Map,
) -> Result<Program, Vec<Problem>> {
    let mut scripts = Vec::new();
    let mut problems = Vec::new();
    for path in paths {
        match shared.sources.load(&shared.engine, path) {
            Ok(script) => scripts.push(script),
            Err(problem) => problems.push(problem),
        }
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    let Some(task) = task else { return Ok(Program::Scripts(scripts)) };
    let Some(script) = scripts.pop() else {
        return Err(vec![Problem::new(Error::usage("there is no script"))]);
    };
    Ok(Program::Task { script, task, arguments })
}

fn operation(name: &str, positional: Vec<Value>, named: Map) -> Result<Program, Vec<Problem>> {
    let Some(def) = operations::find(name) else {
        let mut error = Error::usage(format!("there is no operation `{name}`"));
        error.hint = did_you_mean(name, operations::all().map(|def| def.name))
            .or_else(|| Some("`infra doc` lists the operations".to_owned()));
        return Err(vec![Problem::new(error)]);
    };
    Ok(Program::Operation { def, positional, named, label: None })
}
