//! Scripts: the only place that knows Rhai.
//!
//! A deploy script is evaluated once per host on that host's thread; what its calls do is the business
//! of a [`Driver`]: `plan/` predicts, `execute/` acts.

mod bind;
mod body;
mod callback;
mod check;
mod convert;
mod current;
mod data;
mod define;
mod engine;
mod host;
mod library;
mod options;
mod path;
mod pieces;
mod pointer;
mod problem;
mod reading;
mod result;
mod sources;
pub mod standard;
mod text;
mod together;
mod unknown;

use std::cell::RefCell;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use indexmap::IndexMap;
use rhai::{AST, CallFnOptions, Dynamic, Engine, FnCallExpr, Scope, Stmt};

pub use check::{Task, check_scripts, declare, tasks};
pub(crate) use current::{Call, Driver, Evaluation, Limits, with};
pub(crate) use data::DataScripts;
pub(crate) use engine::STACK;
pub(crate) use host::unknown_fact;
pub(crate) use path::CallPath;
pub(crate) use result::{OpResult, Settled};
pub(crate) use sources::{Script, Sources, shown};

use crate::error::{Error, Result, did_you_mean};
use crate::execute::{Event, Listener};
use crate::inventory::{HostView, InventoryView};
use crate::operation::OpDef;
use crate::place::Problem;
use crate::project::Project;
use crate::value::{Map, Value};

/// What all hosts of a run share.
pub(crate) struct Shared {
    pub(crate) engine: Engine,
    pub(crate) sources: Sources,
    pub(crate) project: Arc<Project>,
    /// Global arguments of the whole run: configuration and command line.
    pub(crate) globals: Map,
    pub(crate) listener: Arc<dyn Listener>,
    once: Mutex<HashMap<(CallPath, String), Once>>,
    /// Scripts that define operations and facts, evaluated before everything else.
    definitions: OnceLock<Vec<Script>>,
    /// When the run began.
    started: jiff::Timestamp,
}

/// What is done once per run, and what came of it.
type Once = Arc<OnceLock<Result<Value>>>;

/// What a run evaluates for each host.
pub(crate) enum Program {
    /// Scripts in order.
    Scripts(Vec<Script>),
    /// One function of a script, with named arguments.
    Task { script: Script, task: String, arguments: Map },
    /// One operation, given on the command line.
    Operation { def: &'static OpDef, positional: Vec<Value>, named: Map, label: Option<String> },
}

impl Shared {
    /// What a run shares.
    pub(crate) fn new(project: Arc<Project>, globals: Map, listener: Arc<dyn Listener>) -> Self {
        Self {
            engine: engine::for_deploys(),
            sources: Sources::default(),
            project,
            globals,
            listener,
            once: Mutex::default(),
            definitions: OnceLock::new(),
            started: reading::started(),
        }
    }

    /// Reads the scripts that define operations and facts.
    pub(crate) fn load_definitions(&self) -> Result<(), Vec<Problem>> {
        let files = definition_files(self.project.folders());
        let loaded = files.iter().map(|file| self.sources.load(&self.engine, file));
        let loaded: Result<Vec<Script>, Problem> = loaded.collect();
        let _ = self.definitions.set(loaded.map_err(|problem| vec![problem])?);
        Ok(())
    }

    /// Runs `work` the first time that a place is come to, on whichever host that is, and gives its
    /// value every time.
    fn once(
        &self,
        path: CallPath,
        what: &str,
        work: impl FnOnce() -> Result<Value>,
    ) -> Result<Value> {
        let cell = {
            let mut known = self.once.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(known.entry((path, what.to_owned())).or_default())
        };
        cell.get_or_init(work).clone()
    }

    /// Says something for the whole run.
    fn say(&self, text: &str, warning: bool) {
        let text = crate::command::scrub(text).into_owned();
        self.listener.event(&Event::Message { host: None, text, warning });
    }

    /// Asks the user; `None` where nobody can answer.
    fn ask(&self, question: &str) -> Option<String> {
        self.listener.ask(question, false)
    }

    /// Where a script is that another one names.
    pub(crate) fn find_script(&self, path: &str, from: &str) -> Option<PathBuf> {
        find_script(&self.project, path, from)
    }
}

/// The scripts in the folders `definitions` of a project: they define operations and facts.
pub(crate) fn definition_files(folders: &[PathBuf]) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for folder in folders {
        let folder = if folder == Path::new(".") { PathBuf::new() } else { folder.clone() };
        let entries = std::fs::read_dir(folder.join("definitions")).into_iter().flatten().flatten();
        let mut own: Vec<PathBuf> = entries
            .map(|entry| entry.path())
            .filter(|path| path.extension().is_some_and(|it| it == "rhai"))
            .collect();
        own.sort();
        files.extend(own);
    }
    files
}

/// Where a script is that another one names: beside it, or in the working directory.
fn find_script(project: &Project, path: &str, from: &str) -> Option<PathBuf> {
    let beside = Path::new(from).parent().map(|folder| folder.join(path));
    let own = beside.filter(|it| it.is_file());
    if path.starts_with("./") || path.starts_with("../") {
        return own;
    }
    let here = PathBuf::from(path);
    let found = if here.is_file() { Some(here) } else { own };
    found.or_else(|| project.locate(path).filter(|it| it.is_file()))
}

/// Says something before there is a run: an inventory script prints.
fn early_message(text: &str) {
    EARLY.lock().unwrap_or_else(PoisonError::into_inner).push(text.to_owned());
}

static EARLY: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// What inventory and data scripts printed so far.
pub(crate) fn early_messages() -> Vec<String> {
    std::mem::take(&mut EARLY.lock().unwrap_or_else(PoisonError::into_inner))
}

/// A fresh evaluation for one host.
pub(crate) fn evaluation(
    driver: Rc<dyn Driver>,
    host: &Arc<HostView>,
    inventory: &Arc<InventoryView>,
    shared: &Arc<Shared>,
) -> Rc<Evaluation> {
    host.reset();
    Rc::new(Evaluation {
        driver,
        host: Arc::clone(host),
        inventory: Arc::clone(inventory),
        shared: Arc::clone(shared),
        trail: RefCell::default(),
        blocks: RefCell::default(),
        config: RefCell::default(),
        definitions: Rc::default(),
        body: None,
        modules: RefCell::default(),
        tasks: RefCell::default(),
    })
}

/// Evaluates the program; the problems that ended it otherwise.
pub(crate) fn evaluate(evaluation: &Rc<Evaluation>, program: &Program) -> Result<(), Vec<Problem>> {
    with(evaluation, || evaluate_program(evaluation, program))
}

/// Evaluates the scripts that define operations and facts.
pub(crate) fn evaluate_definitions(evaluation: &Evaluation) -> Result<(), Vec<Problem>> {
    let shared = &evaluation.shared;
    for script in shared.definitions.get().into_iter().flatten() {
        evaluation.trail.borrow_mut().enter_script(0, &script.name);
        let result = shared.engine.eval_ast_with_scope::<Dynamic>(&mut Scope::new(), &script.ast);
        finish(evaluation, script, result)?;
    }
    Ok(())
}

fn evaluate_program(evaluation: &Evaluation, program: &Program) -> Result<(), Vec<Problem>> {
    evaluate_definitions(evaluation)?;
    match program {
        Program::Scripts(scripts) => {
            for (index, script) in scripts.iter().enumerate() {
                evaluation.trail.borrow_mut().enter_script(index, &script.name);
                // What one script sets in `config` does not reach the next.
                evaluation.config.borrow_mut().clear();
                let result = evaluation
                    .shared
                    .engine
                    .eval_ast_with_scope::<Dynamic>(&mut Scope::new(), &script.ast);
                finish(evaluation, script, result)?;
            }
            Ok(())
        }
        Program::Task { script, task, arguments } => {
            evaluation.trail.borrow_mut().enter_script(0, &script.name);
            let result = call_task(evaluation, script, task, arguments)?;
            finish(evaluation, script, result)
        }
        Program::Operation { def, positional, named, label } => evaluation
            .call_directly(def, positional.clone(), named.clone(), label.clone())
            .map(|_| ())
            .map_err(|errors| errors.into_iter().map(Problem::new).collect()),
    }
}

fn finish(
    evaluation: &Evaluation,
    script: &Script,
    result: Result<Dynamic, Box<rhai::EvalAltResult>>,
) -> Result<(), Vec<Problem>> {
    result
        .map(|_| ())
        .map_err(|error| problem::problems(&error, &script.name, &evaluation.shared.sources))
}

/// Functions whose calls a task needs as much as the variables of its script.
const DEFINING: &[&str] = &["operation_define", "fact_define", "task"];

/// Calls a function of the script. Of its statements only imports, variables and definitions are
/// evaluated.
fn call_task(
    evaluation: &Evaluation,
    script: &Script,
    task: &str,
    arguments: &Map,
) -> Result<Result<Dynamic, Box<rhai::EvalAltResult>>, Vec<Problem>> {
    let Some(function) = script.ast.iter_functions().find(|it| it.name == task) else {
        return call_registered(evaluation, script, task, arguments);
    };
    let parameters: Vec<&str> = function.params.clone();
    let unknown: Vec<Problem> = arguments
        .keys()
        .filter(|name| !parameters.contains(&name.as_str()))
        .map(|name| Problem::new(no_parameter(task, name, &parameters)))
        .collect();
    if !unknown.is_empty() {
        return Err(unknown);
    }
    let values: Vec<Dynamic> = parameters
        .iter()
        .map(|name| arguments.get(*name).cloned().unwrap_or_default().settle())
        .map(convert::to_rhai)
        .collect();
    let ast = declarations(script);
    let mut scope = Scope::new();
    let options = CallFnOptions::new().eval_ast(true).rewind_scope(false);
    let engine = &evaluation.shared.engine;
    Ok(engine.call_fn_with_options::<Dynamic>(options, &mut scope, &ast, task, values))
}

/// Of a script's statements only imports and variables, with its functions.
fn declarations(script: &Script) -> AST {
    let statements = script.ast.statements().iter().filter(|it| {
        matches!(it, Stmt::Import(..) | Stmt::Var(..) | Stmt::Export(..) | Stmt::Noop(_))
            || matches!(it, Stmt::FnCall(call, _) if defines(call))
    });
    let mut ast = AST::new(statements.cloned(), script.ast.shared_lib().clone());
    ast.set_source(&*script.name);
    ast
}

/// Whether a call brings tasks, operations or facts along: `task(…)`, or a module's as `app::define(…)`.
fn defines(call: &FnCallExpr) -> bool {
    DEFINING.contains(&call.name.as_str()) || (call.name == "define" && call.is_qualified())
}

/// Calls a task that the script's variables brought along, as an app of the standard library does.
fn call_registered(
    evaluation: &Evaluation,
    script: &Script,
    task: &str,
    arguments: &Map,
) -> Result<Result<Dynamic, Box<rhai::EvalAltResult>>, Vec<Problem>> {
    let engine = &evaluation.shared.engine;
    let declared = engine.eval_ast_with_scope::<Dynamic>(&mut Scope::new(), &declarations(script));
    if declared.is_err() {
        return Ok(declared);
    }
    let found = evaluation.tasks.borrow().get(task).cloned();
    let Some(found) = found else {
        return Err(vec![Problem::new(no_task(script, task, &evaluation.tasks.borrow()))]);
    };
    options::run_task(task, &found, arguments)
        .map_err(|errors| errors.into_iter().map(Problem::new).collect())
}

fn no_task(script: &Script, task: &str, registered: &IndexMap<String, current::Task>) -> Error {
    let functions = script
        .ast
        .iter_functions()
        .map(|it| it.name)
        .filter(|name| !name.starts_with("anon$") && !name.starts_with('_'));
    let tasks: Vec<&str> = functions.chain(registered.keys().map(String::as_str)).collect();
    let mut error = Error::usage(format!("`{}` has no task `{task}`", script.name));
    error.hint = did_you_mean(task, tasks.iter().copied()).or_else(|| {
        Some(if tasks.is_empty() {
            "a task is a function of the script; this one has none".to_owned()
        } else {
            let about = |name: &str| {
                registered.get(name).map_or_else(String::new, |task| format!(" ({})", task.about))
            };
            let tasks = tasks.iter().map(|name| format!("{name}{}", about(name)));
            format!("its tasks are {}", tasks.collect::<Vec<_>>().join(", "))
        })
    });
    error
}

fn no_parameter(task: &str, name: &str, parameters: &[&str]) -> Error {
    let mut error = Error::usage(format!("task `{task}` has no argument `--{name}`"));
    error.hint = did_you_mean(name, parameters.iter().copied()).or_else(|| {
        Some(if parameters.is_empty() {
            "it takes none".to_owned()
        } else {
            format!("it takes --{}", parameters.join(", --"))
        })
    });
    error
}
