//! Inventory, data and configuration scripts: what counts are their top-level variables.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use indexmap::IndexMap;
use rhai::{Engine, Scope, Stmt};

use super::convert::from_rhai;
use super::sources::Sources;
use super::{engine, problem};
use crate::place::{Place, Problem};
use crate::value::Value;

/// A script's top-level variables, in the order in which they were declared.
pub(crate) type Variables = IndexMap<String, Value>;

/// Evaluates scripts that hold data.
pub(crate) struct DataScripts {
    engine: Engine,
    sources: Sources,
}

impl Default for DataScripts {
    fn default() -> Self {
        Self { engine: engine::for_data(), sources: Sources::default() }
    }
}

impl DataScripts {
    /// The variables of the script at `path`.
    pub(crate) fn variables(&self, path: &Path) -> Result<Variables, Vec<Problem>> {
        let script = self.sources.load(&self.engine, path).map_err(|problem| vec![problem])?;
        let mut scope = Scope::new();
        self.engine
            .run_ast_with_scope(&mut scope, &script.ast)
            .map_err(|error| problem::problems(&error, &script.name, &self.sources))?;
        Ok(scope.iter().map(|(name, _, value)| (name.to_owned(), from_rhai(&value))).collect())
    }

    /// Where a top-level variable of the script at `path` is declared; the last declaration, whose value
    /// it is, where there are several.
    pub(crate) fn place(&self, path: &Path, variable: &str) -> Option<Place> {
        let script = self.sources.load(&self.engine, path).ok()?;
        let declared = |statement: &Stmt| match statement {
            Stmt::Var(it, ..) if it.0.name == variable => Some(it.0.pos),
            _ => None,
        };
        let at = script.ast.statements().iter().rev().find_map(declared)?;
        let (line, column) = (at.line()?, at.position().unwrap_or(1));
        Some(Place { file: script.name, line, column })
    }

    /// The text of a script that was read, for excerpts.
    pub(crate) fn text(&self, name: &str) -> Option<Arc<str>> {
        self.sources.text(name)
    }
}

/// What inventory and data scripts printed, before there is a run that could tell it.
static EARLY: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// Notes something that such a script printed.
pub(super) fn early_message(text: &str) {
    EARLY.lock().unwrap_or_else(PoisonError::into_inner).push(text.to_owned());
}

/// What they printed so far; it is told once.
pub(crate) fn early_messages() -> Vec<String> {
    std::mem::take(&mut EARLY.lock().unwrap_or_else(PoisonError::into_inner))
}
