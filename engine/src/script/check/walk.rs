//! The walk through a script's statements, with the variables that they see.

use std::sync::Arc;

use rhai::{Expr, Position, Stmt, StmtBlock};

use super::constant::{anything, closure};
use super::unit::Unit;
use super::{World, known, unknown, unknown_name};
use crate::error::{Error, closest};
use crate::place::{Place, Problem};
use crate::script::bind;
use crate::script::problem::place;
use crate::value::Value;

/// Walks one script.
pub(super) struct Walker<'a> {
    pub(super) world: &'a World<'a>,
    pub(super) unit: &'a Unit,
    /// Variables by name, the innermost last, with their values as far as the text tells.
    scope: Vec<(String, Value)>,
    /// How many `try` blocks are open: what fails there may be meant to.
    pub(super) tries: usize,
    problems: Vec<Problem>,
}

impl<'a> Walker<'a> {
    pub(super) fn new(world: &'a World<'a>, unit: &'a Unit) -> Self {
        Self { world, unit, scope: Vec::new(), tries: 0, problems: Vec::new() }
    }

    /// All mistakes of the script, its functions included.
    pub(super) fn all(mut self) -> Vec<Problem> {
        let unit = self.unit;
        self.statements(unit.script.ast.statements());
        for function in unit.named() {
            self.scope.clear();
            // A task sees the script's variables; a function that another one calls does not.
            self.declare_all(&unit.variables);
            self.declare_all(&function.parameters);
            self.statements(&function.body);
        }
        self.problems
    }

    /// The mistakes that were found.
    pub(super) fn into_problems(self) -> Vec<Problem> {
        self.problems
    }

    pub(super) fn problem(&mut self, error: Error, at: Position, width: usize) {
        let script = &self.unit.script;
        let at = place(&script.name, at);
        self.problems
            .push(Problem { width, ..Problem::at(error, at, Some(Arc::clone(&script.text))) });
    }

    /// A mistake in another file, which a call here names.
    pub(super) fn elsewhere(
        &mut self,
        error: Error,
        file: &Arc<str>,
        text: &Arc<str>,
        bytes: &std::ops::Range<usize>,
        call: Position,
    ) {
        let before = text.get(..bytes.start).unwrap_or_default();
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        let width = text
            .get(bytes.clone())
            .map_or(0, |it| it.lines().next().map_or(0, |it| it.chars().count()));
        let at = Place { file: Arc::clone(file), line, column };
        self.problems.push(Problem {
            width,
            calls: vec![place(&self.unit.script.name, call)],
            ..Problem::at(error, at, Some(Arc::clone(text)))
        });
    }

    /// The value of a variable that the script declared here.
    pub(super) fn local(&self, name: &str) -> Option<&Value> {
        self.scope.iter().rev().find(|it| it.0 == name).map(|it| &it.1)
    }

    fn declare(&mut self, name: &str, value: Value) {
        self.scope.push((name.to_owned(), value));
    }

    fn declare_all(&mut self, names: &[String]) {
        for name in names {
            self.declare(name, anything());
        }
    }

    fn statements(&mut self, statements: &[Stmt]) {
        for statement in statements {
            self.statement(statement);
        }
    }

    fn block(&mut self, block: &StmtBlock) {
        let outer = self.scope.len();
        self.statements(block.statements());
        self.scope.truncate(outer);
    }

    fn statement(&mut self, statement: &Stmt) {
        let outer = self.scope.len();
        match statement {
            Stmt::Var(parts, ..) => {
                self.expression(&parts.1);
                let value = self.value(&parts.1);
                self.declare(&parts.0.name, value);
                return;
            }
            Stmt::If(flow, _) | Stmt::While(flow, _) | Stmt::Do(flow, ..) => {
                self.expression(&flow.expr);
                self.block(&flow.body);
                self.block(&flow.branch);
            }
            Stmt::For(parts, _) => {
                let (item, counter, flow) = &**parts;
                self.expression(&flow.expr);
                self.declare(&item.name, anything());
                if let Some(counter) = counter {
                    self.declare(&counter.name, anything());
                }
                self.block(&flow.body);
            }
            Stmt::Switch(parts, _) => {
                self.expression(&parts.0);
                for case in &parts.1.expressions {
                    self.expression(&case.lhs);
                    self.expression(&case.rhs);
                }
            }
            Stmt::TryCatch(flow, _) => {
                self.tries += 1;
                self.block(&flow.body);
                self.tries -= 1;
                if let Expr::Variable(parts, ..) = &flow.expr {
                    self.declare(&parts.1, anything());
                }
                self.block(&flow.branch);
            }
            Stmt::Assignment(parts) => {
                self.expression(&parts.1.rhs);
                self.target(&parts.1.lhs);
                self.option(&parts.1.lhs, &parts.1.rhs);
            }
            Stmt::FnCall(call, at) => self.function_call(call, *at),
            Stmt::Block(block) => self.block(block),
            Stmt::Expr(expr) => self.expression(expr),
            Stmt::BreakLoop(expr, ..) | Stmt::Return(expr, ..) => {
                if let Some(expr) = expr {
                    self.expression(expr);
                }
            }
            Stmt::Import(parts, _) => self.expression(&parts.0),
            // What remains holds no expression, or only names that the parser has seen declared.
            _ => {}
        }
        self.scope.truncate(outer);
    }

    /// What is given a value: a variable that is not there may be one to be made.
    fn target(&mut self, expr: &Expr) {
        let known = self.problems.len();
        self.expression(expr);
        if let (Expr::Variable(parts, ..), Some(problem)) = (expr, self.problems.get_mut(known))
            && problem.error.hint.is_none()
        {
            problem.error.hint = Some(format!("to make it: let {} = …", parts.1));
        }
    }

    pub(super) fn expression(&mut self, expr: &Expr) {
        match expr {
            Expr::Variable(parts, _, at) => {
                let namespace = parts.2.path.first().map(|it| (it.name.as_str(), it.pos));
                match namespace {
                    Some((root, at)) => self.namespace(root, at),
                    None => self.variable(&parts.1, *at, None),
                }
            }
            Expr::Dot(..) | Expr::Index(..) => self.chain(expr),
            Expr::FnCall(call, at) => self.function_call(call, *at),
            Expr::Stmt(_) | Expr::DynamicConstant(..) => self.function_value(expr, &[]),
            Expr::Array(items, _) | Expr::InterpolatedString(items, _) => self.expressions(items),
            Expr::Map(map, _) => map.0.iter().for_each(|(_, it)| self.expression(it)),
            Expr::And(items, _) | Expr::Or(items, _) | Expr::Coalesce(items, _) => {
                self.expressions(items);
            }
            _ => {}
        }
    }

    pub(super) fn expressions(&mut self, all: &[Expr]) {
        for expr in all {
            self.expression(expr);
        }
    }

    /// Walks what may be a closure, whose arguments are of a known kind.
    pub(super) fn function_value(&mut self, expr: &Expr, arguments: &[Value]) {
        match expr {
            Expr::Stmt(block) => match closure(block) {
                Some((pointer, captured)) => self.closure(pointer, captured, arguments),
                None => self.block(block),
            },
            Expr::DynamicConstant(..) => self.closure(expr, 0, arguments),
            other => self.expression(other),
        }
    }

    /// Walks a closure where it stands: it sees the variables around it.
    fn closure(&mut self, pointer: &Expr, captured: usize, arguments: &[Value]) {
        let Expr::DynamicConstant(value, _) = pointer else { return };
        let Some(name) = value.read_lock::<rhai::FnPtr>().map(|it| it.fn_name().to_owned()) else {
            return;
        };
        let unit = self.unit;
        let Some(function) = unit.closure(&name) else { return };
        let outer = self.scope.len();
        let parameters = function.parameters.get(captured..).unwrap_or_default();
        for (index, name) in parameters.iter().enumerate() {
            self.declare(name, arguments.get(index).cloned().unwrap_or_else(anything));
        }
        self.statements(&function.body);
        self.scope.truncate(outer);
    }

    /// Whether a name stands for something although no statement here declares it.
    fn is_given(&self, name: &str) -> bool {
        let unit = self.unit;
        let module = format!("{name}.");
        known::is_variable(name)
            || unit.mentions.open_scope
            || unit.mentions.unread.contains(name)
            || unit.named().any(|it| it.name == name)
            || match self.world.given.get(&unit.script.name) {
                Some(Some(names)) => names.contains(name),
                Some(None) => true,
                None => false,
            }
            || self.world.defined.iter().any(|it| it.starts_with(&module))
    }

    /// Checks that a name stands for something; `called` is what is called on it.
    pub(super) fn variable(&mut self, name: &str, at: Position, called: Option<&str>) {
        if self.local(name).is_some() || self.is_given(name) {
            return;
        }
        // What is called tells what was meant: an operation, or a function that some value has.
        let operation = |short| crate::operations::all().any(|it| it.short_name() == short);
        let module = called.is_some_and(|short| {
            operation(short) || !known::is_function(short) || closest(name, bind::names()).is_some()
        });
        let what = if module { "module" } else { "variable" };
        let modules: Vec<&str> = bind::names().collect();
        let names = self.scope.iter().map(|it| it.0.as_str()).chain(modules);
        let mut error = unknown_name(format!("there is no {what} `{name}`"), name, names);
        if self.unit.mentions.aliases.contains(name) {
            error.hint = Some(format!("what a script imports is written `{name}::…`"));
        }
        self.problem(error, at, name.chars().count());
    }

    /// Checks the module before `::`.
    pub(super) fn namespace(&mut self, root: &str, at: Position) {
        let aliases = &self.unit.mentions.aliases;
        let mentions = &self.unit.mentions;
        if root == "global"
            || aliases.contains(root)
            || mentions.open_scope
            || mentions.unread.contains(root)
        {
            return;
        }
        let message = format!("nothing is imported as `{root}`");
        let mut error = unknown(message, root, aliases.iter().map(String::as_str));
        if known::is_variable(root) {
            error.hint = Some(format!("it is written with a dot: `{root}.…`"));
        }
        self.problem(error, at, root.chars().count());
    }
}
