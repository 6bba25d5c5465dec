//! Rhai, set up for our scripts.

use std::cell::Cell;
use std::path::Path;
use std::sync::Arc;

use rhai::debugger::DebuggerCommand;
use rhai::{
    ASTNode, Dynamic, Engine, EvalAltResult, Module, ModuleResolver, Position, Scope,
    Shared as RhaiShared, Token,
};

use super::current::current;
use super::problem::{Carried, throw_at};
use super::{bind, convert, host, library, options, reading, result, together};
use crate::error::Error;
use crate::place::Place;

/// How deep functions may call each other. Each level takes stack of the host's thread.
pub(super) const CALL_LEVELS: usize = 64;

/// So many steps are more than any script takes that ends.
const STEPS: u64 = 100_000_000;

/// Stack of a thread that evaluates scripts; only what is used is ever touched.
pub(crate) const STACK: usize = 16 * 1024 * 1024;

/// As much of it is kept for what a script calls at its deepest.
const RESERVE: usize = 4 * 1024 * 1024;

thread_local! {
    /// Where this thread's stack was when its first statement was evaluated.
    static BASE: Cell<Option<usize>> = const { Cell::new(None) };
}

/// An engine for inventories and data files.
pub(crate) fn for_data() -> Engine {
    let mut engine = basic();
    library::bind_common(&mut engine);
    reading::bind_common(&mut engine);
    engine
}

/// An engine for deploy scripts.
pub(crate) fn for_deploys() -> Engine {
    let mut engine = basic();
    library::bind_common(&mut engine);
    reading::bind_common(&mut engine);
    library::bind(&mut engine);
    reading::bind(&mut engine);
    together::bind(&mut engine);
    options::bind(&mut engine);
    bind::bind(&mut engine);
    host::bind(&mut engine);
    super::define::bind(&mut engine);
    result::bind(&mut engine);
    watch(&mut engine);
    // Ctrl-C ends a script that is busy with itself, too.
    engine.on_progress(|_| {
        let ends = current().is_ok_and(|it| it.driver.is_interrupted());
        ends.then(|| Dynamic::from(Carried::of(Error::interrupted())))
    });
    engine
}

/// An engine that only parses; the tree is as the text, nothing is optimised away.
pub(super) fn for_checks() -> Engine {
    let mut engine = Engine::new_raw();
    language(&mut engine);
    engine.set_optimization_level(rhai::OptimizationLevel::None);
    engine
}

fn basic() -> Engine {
    let mut engine = Engine::new();
    language(&mut engine);
    engine.set_module_resolver(Imports);
    engine.on_print(say);
    engine.on_debug(|text, _, _| say(text));
    engine
}

/// Limits, and the words that are names.
fn language(engine: &mut Engine) {
    engine
        .set_max_call_levels(CALL_LEVELS)
        .set_max_expr_depths(256, 128)
        .set_max_operations(STEPS)
        .set_max_string_size(64 * 1024 * 1024)
        .set_max_array_size(1_000_000)
        .set_max_map_size(1_000_000);
    // Words that Rhai reserves for itself but that operations and arguments are called.
    #[expect(deprecated, reason = "the only way to take words back that Rhai reserves")]
    engine.on_parse_token(|token, _, _| match token {
        Token::Reserved(word) if is_name(&word) => Token::Identifier(word),
        token => token,
    });
}

fn is_name(word: &str) -> bool {
    word.chars().all(|it| it.is_ascii_alphanumeric() || it == '_')
        && !matches!(word, "Fn" | "call" | "curry" | "this" | "is_def_fn" | "is_def_var")
}

fn say(text: &str) {
    if text.is_empty() {
        return;
    }
    let text = convert::readable(text);
    match current() {
        Ok(evaluation) => {
            // A message that the run can no longer tell is lost with the run.
            let _ = evaluation.driver.log(&text, false);
        }
        Err(_) => super::data::early_message(&text),
    }
}

/// Whether this thread's stack nears its end. Rhai counts the calls of functions only, not scripts that include
/// each other and closures that operations call.
fn is_too_deep() -> bool {
    let mark = 0_u8;
    let here = std::ptr::from_ref(&mark).addr();
    let base = BASE.get().unwrap_or(here);
    BASE.set(Some(base));
    base.abs_diff(here) > STACK - RESERVE
}

/// Keeps the trail of loops, for call paths, and ends what has no end.
fn watch(engine: &mut Engine) {
    #[expect(deprecated, reason = "the debugging interface is the only one that tells of loops")]
    engine.register_debugger(
        |_, debugger| debugger,
        |context, _, node, source, at| {
            if is_too_deep() {
                let error = Error::usage("scripts or closures call each other without end")
                    .hint("what includes, imports or calls itself must end at some time");
                return Err(throw_at(error, source.unwrap_or_default(), at));
            }
            if let Ok(evaluation) = current() {
                let level = context.debugger().map_or(0, |it| it.call_stack().len());
                let stmt = match node {
                    ASTNode::Stmt(stmt) => Some(stmt),
                    _ => None,
                };
                let mut trail = evaluation.trail.borrow_mut();
                trail.statement(level, stmt, at, source.unwrap_or_default());
            }
            Ok(DebuggerCommand::StepInto)
        },
    );
}

/// `import "tasks/web" as web` (project files) and `import "std/…"` (the standard library).
#[derive(Debug)]
struct Imports;

impl ModuleResolver for Imports {
    fn resolve(
        &self,
        engine: &Engine,
        source: Option<&str>,
        path: &str,
        at: Position,
    ) -> Result<RhaiShared<Module>, Box<EvalAltResult>> {
        let missing = || Box::new(EvalAltResult::ErrorModuleNotFound(path.to_owned(), at));
        let evaluation = current().map_err(|_| missing())?;
        let from: Arc<str> = source.unwrap_or_default().into();
        let script = match super::standard::find(path) {
            Some(module) if evaluation.shared.find_script(&with_ending(path), &from).is_none() => {
                evaluation.shared.sources.embedded(engine, module)
            }
            _ => {
                let found =
                    evaluation.shared.find_script(&with_ending(path), &from).ok_or_else(missing)?;
                evaluation.shared.sources.load(engine, &found)
            }
        };
        let script = script.map_err(|problem| super::problem::in_module(problem, at))?;
        let place =
            Place { file: from, line: at.line().unwrap_or(0), column: at.position().unwrap_or(1) };
        let outer = evaluation.trail.borrow_mut().enter(&[], &place, &script.name);
        let module = Module::eval_ast_as_new(Scope::new(), &script.ast, engine);
        evaluation.trail.borrow_mut().leave(outer);
        let module: RhaiShared<Module> = module?.into();
        evaluation.modules.borrow_mut().insert(script.name, RhaiShared::clone(&module));
        Ok(module)
    }
}

/// The path of a module, as a file.
pub(super) fn with_ending(path: &str) -> String {
    if Path::new(path).extension().is_some_and(|it| it == "rhai") {
        path.to_owned()
    } else {
        format!("{path}.rhai")
    }
}
