//! `operation_define` and `fact_define`: their declarations become rows of the tables, and their bodies
//! are checked with what they are given.

use std::collections::HashMap;
use std::path::PathBuf;

use rhai::{Expr, FnCallExpr, Position};

use super::constant::{some_arguments, some_handle};
use super::unit::{Definition, text};
use super::walk::Walker;
use super::{UNMEASURED, World};
use crate::definition;
use crate::error::Error;
use crate::fact::FactDef;
use crate::operation::OpDef;
use crate::place::Problem;
use crate::script::define;
use crate::value::{Map, Value};

/// What the body of an operation can do with its second argument.
pub(super) const HANDLE: &[&str] = &["shell", "put", "noop", "attribute"];

/// Reads the operations and facts that the files of the folders `definitions` define, so that the tables
/// have them. The mistakes in them.
pub fn declare(folders: Vec<PathBuf>) -> Vec<Problem> {
    let files = crate::script::sources::definition_files(&folders);
    if files.is_empty() {
        return Vec::new();
    }
    let mut world = World::new(crate::project::Project::new(folders), None);
    world.load(&files)
}

impl World<'_> {
    /// Adds what the scripts define to the tables; the mistakes in the declarations.
    pub(super) fn define(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        let mut places: HashMap<(bool, String), String> = HashMap::new();
        for unit in self.units.values() {
            let mut walker = Walker::new(self, unit);
            for definition in &unit.mentions.definitions {
                let name = definition.arguments.first().and_then(text);
                let first = name.and_then(|it| places.get(&(definition.is_fact, it.to_owned())));
                match (name, first) {
                    (Some(name), Some(first)) => {
                        let error = Error::usage(format!("`{name}` is defined twice"))
                            .hint(format!("it is also defined in {first}"));
                        walker.problem(error, definition.at, definition.function().len());
                    }
                    (Some(name), None) => {
                        let line = definition.at.line().unwrap_or(0);
                        let place = format!("{}:{line}", unit.script.name);
                        places.insert((definition.is_fact, name.to_owned()), place);
                        walker.define(definition);
                    }
                    (None, _) => walker.define(definition),
                }
            }
            problems.extend(walker.into_problems());
        }
        problems
    }
}

impl Walker<'_> {
    /// Reads one declaration into the table.
    fn define(&mut self, definition: &Definition) {
        let function = definition.function();
        let wanted = if definition.is_fact { 2 } else { 3 };
        let arguments = definition.arguments.as_slice();
        if arguments.len() != wanted {
            let usage = if definition.is_fact {
                "fact_define(\"nginx.version\", #{ command: \"…\", parse: |output| … })"
            } else {
                "operation_define(\"nginx.site\", #{ domain: \"text\" }, |args, op| { … })"
            };
            let error = Error::usage(format!(
                "`{function}` takes {wanted} arguments, not {}",
                arguments.len()
            ));
            self.problem(error.hint(usage), definition.at, function.len());
            return;
        }
        let [name_, declaration, ..] = arguments else { return };
        let at = name_.start_position();
        let Some(name) = text(name_) else {
            let error = Error::usage(format!("`{function}` takes a name that is written out"))
                .hint("checks, the manual and completion read it from the text of the script");
            self.problem(error, at, UNMEASURED);
            return;
        };
        let Value::Map(spec) = self.value(declaration) else {
            let error = Error::usage(format!("the declaration of `{name}` must be written out"))
                .hint("a map: #{ doc: \"…\", params: #{ … } }");
            self.problem(error, declaration.start_position(), UNMEASURED);
            return;
        };
        let read = if definition.is_fact { add_fact } else { add_operation };
        for error in read(name, &spec, &self.unit.script.name).err().unwrap_or_default() {
            let key = error.argument.as_deref().and_then(|key| key_in(declaration, key));
            let (at, width) = key.unwrap_or((at, name.chars().count() + 2));
            self.problem(error, at, width);
        }
    }

    /// Walks the body of an operation, which knows its arguments and what it can do.
    pub(super) fn body(&mut self, call: &FnCallExpr) {
        let [name, declaration, body] = call.args.as_slice() else {
            return self.expressions(&call.args);
        };
        self.expression(name);
        self.expression(declaration);
        let def = text(name).and_then(crate::operations::find).filter(|def| def.is_defined());
        let arguments = def.map_or_else(super::constant::anything, some_arguments);
        self.function_value(body, &[arguments, some_handle()]);
    }
}

impl Definition {
    /// What is called.
    fn function(&self) -> &'static str {
        if self.is_fact { "fact_define" } else { "operation_define" }
    }
}

fn add_operation(name: &str, spec: &Map, file: &str) -> Result<(), Vec<Error>> {
    let read = Box::leak(Box::new(definition::operation(name, spec, file)?));
    definition::add_operation(OpDef::defined(read, define::operation));
    Ok(())
}

fn add_fact(name: &str, spec: &Map, file: &str) -> Result<(), Vec<Error>> {
    let read = Box::leak(Box::new(definition::fact(name, spec, file)?));
    definition::add_fact(FactDef::defined(read, define::fact));
    Ok(())
}

/// The names that a script that does not parse seems to define, so that not all of their calls are
/// mistakes too.
pub(super) fn names_in(text: &str) -> impl Iterator<Item = String> {
    let after = |function| text.split(function).skip(1);
    let quoted = after("operation_define(").chain(after("fact_define("));
    quoted.filter_map(|rest| rest.split('"').nth(1)).map(str::to_owned)
}

/// Where a key stands in a map, or in a map in it.
fn key_in(expr: &Expr, key: &str) -> Option<(Position, usize)> {
    let Expr::Map(entries, _) = expr else { return None };
    let own = entries.0.iter().find(|(name, _)| name.name == key);
    own.map(|(name, _)| (name.pos, key.chars().count()))
        .or_else(|| entries.0.iter().find_map(|(_, value)| key_in(value, key)))
}
