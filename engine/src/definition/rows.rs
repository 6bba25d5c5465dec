//! The operations and facts that scripts defined so far, as rows of the tables.

use std::sync::{PoisonError, RwLock};

use crate::fact::FactDef;
use crate::operation::OpDef;

/// The rows that scripts defined so far.
static ROWS: RwLock<Rows> = RwLock::new(Rows { operations: Vec::new(), facts: Vec::new() });

struct Rows {
    operations: Vec<&'static OpDef>,
    facts: Vec<&'static FactDef>,
}

/// The operations that scripts define.
pub(crate) fn operations() -> Vec<&'static OpDef> {
    ROWS.read().unwrap_or_else(PoisonError::into_inner).operations.clone()
}

/// The facts that scripts define.
pub(crate) fn facts() -> Vec<&'static FactDef> {
    ROWS.read().unwrap_or_else(PoisonError::into_inner).facts.clone()
}

/// Adds an operation, in place of one of that name.
pub(crate) fn add_operation(def: OpDef) {
    let mut rows = ROWS.write().unwrap_or_else(PoisonError::into_inner);
    rows.operations.retain(|it| it.name != def.name);
    rows.operations.push(Box::leak(Box::new(def)));
}

/// Adds a fact, in place of one of that name.
pub(crate) fn add_fact(def: FactDef) {
    let mut rows = ROWS.write().unwrap_or_else(PoisonError::into_inner);
    rows.facts.retain(|it| it.name != def.name);
    rows.facts.push(Box::leak(Box::new(def)));
}
