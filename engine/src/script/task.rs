//! One task of a script: `infra INVENTORY deploy.rhai TASK` calls a function of it, or what `task(…)` gave it.

use indexmap::IndexMap;
use rhai::{AST, CallFnOptions, Dynamic, FnCallExpr, Scope, Stmt};

use super::current::{Evaluation, GivenTask};
use super::problem::Thrown;
use super::sources::Script;
use super::{convert, options};
use crate::error::{Error, Result, did_you_mean};
use crate::place::Problem;
use crate::value::Map;

/// Functions whose calls a task needs as much as the variables of its script.
const DEFINING: &[&str] = &["operation_define", "fact_define", "task"];

/// Calls a function of the script. Of its statements only imports, variables and definitions are
/// evaluated.
pub(super) fn call(
    evaluation: &Evaluation,
    script: &Script,
    task: &str,
    arguments: &Map,
) -> Result<Result<Dynamic, Thrown>, Vec<Problem>> {
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
) -> Result<Result<Dynamic, Thrown>, Vec<Problem>> {
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

fn no_task(script: &Script, task: &str, registered: &IndexMap<String, GivenTask>) -> Error {
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
