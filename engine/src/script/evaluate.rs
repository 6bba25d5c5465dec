//! One evaluation, from its beginning to its end: what a run evaluates for each host.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

use rhai::{Dynamic, Scope};

use super::current::{Evaluation, with};
use super::driver::Driver;
use super::shared::Shared;
use super::sources::Script;
use super::{problem, task};
use crate::error::{Error, Result};
use crate::inventory::{HostView, InventoryView};
use crate::operation::OpDef;
use crate::place::Problem;
use crate::value::{Map, Value};

/// What a run evaluates for each host.
pub(crate) enum Program {
    /// Scripts in order.
    Scripts(Vec<Script>),
    /// One function of a script, with named arguments.
    Task { script: Script, task: String, arguments: Map },
    /// One operation, given on the command line.
    Operation { def: &'static OpDef, positional: Vec<Value>, named: Map, label: Option<String> },
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
            let result = task::call(evaluation, script, task, arguments)?;
            finish(evaluation, script, result)
        }
        Program::Operation { def, positional, named, label } => evaluation
            .call_directly(def, positional.clone(), named.clone(), label.clone())
            .map(|_| ())
            .map_err(|errors| errors.into_iter().map(|it| with_manual(it, def.name)).collect()),
    }
}

/// A mistake in an operation's arguments, which stand in no script.
fn with_manual(error: Error, operation: &str) -> Problem {
    let manual = || format!("its manual: infra doc {operation}");
    let hint = Some(error.hint.clone().unwrap_or_else(manual));
    Problem::new(Error { hint, ..error })
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
