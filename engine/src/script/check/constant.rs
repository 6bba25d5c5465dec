//! What an expression is, as far as the text alone tells.

use std::sync::Arc;

use rhai::{Expr, FnCallExpr, Stmt, StmtBlock};

use super::chain::{Step, flatten};
use super::walk::Walker;
use crate::error::Result;
use crate::operation::OpDef;
use crate::script::convert::from_rhai;
use crate::value::{Map, Outcome, Value};

/// Why a value is unknown that is text all the same: text with something put in.
const TEXT: &str = "text";

/// A value of which the text tells what it can do.
#[derive(Debug)]
pub(super) enum Some_ {
    /// The result of some operation.
    Result,
    /// What the body of an operation adds its steps to.
    Handle,
    /// The arguments of the body of an operation.
    Arguments(&'static OpDef),
}

impl Outcome for Some_ {
    fn changed(&self) -> Result<bool> {
        Ok(false)
    }

    fn as_any(&self) -> &dyn std::any::Any {
        self
    }
}

/// Something that the text does not tell.
pub(super) fn anything() -> Value {
    Value::Unknown(Arc::from(""))
}

/// Whether the value is text that is not known.
pub(super) fn is_some_text(value: &Value) -> bool {
    matches!(value, Value::Unknown(why) if **why == *TEXT)
}

/// Whether nothing is known of the value, not even that it is text.
pub(super) fn is_anything(value: &Value) -> bool {
    matches!(value, Value::Unknown(why) if **why != *TEXT)
}

/// The result of an operation, as far as the text tells.
pub(super) fn some_result() -> Value {
    Value::Outcome(Arc::new(Some_::Result))
}

/// What the body of an operation adds its steps to.
pub(super) fn some_handle() -> Value {
    Value::Outcome(Arc::new(Some_::Handle))
}

/// The arguments of an operation, in its body.
pub(super) fn some_arguments(def: &'static OpDef) -> Value {
    Value::Outcome(Arc::new(Some_::Arguments(def)))
}

/// What is known of the value, if it is one of these.
pub(super) fn known(value: &Value) -> Option<&Some_> {
    match value {
        Value::Outcome(outcome) => outcome.as_any().downcast_ref(),
        _ => None,
    }
}

impl Walker<'_> {
    /// The value of an expression; unknown where the text does not tell.
    pub(super) fn value(&self, expr: &Expr) -> Value {
        match expr {
            Expr::BoolConstant(it, _) => Value::Bool(*it),
            Expr::IntegerConstant(it, _) => Value::Int(*it),
            Expr::FloatConstant(it, _) => Value::Float(**it),
            Expr::CharConstant(it, _) => Value::Text(it.to_string()),
            Expr::StringConstant(it, _) => Value::Text(it.to_string()),
            Expr::InterpolatedString(..) => Value::Unknown(Arc::from(TEXT)),
            Expr::Unit(_) => Value::Unit,
            Expr::DynamicConstant(it, _) => from_rhai(it),
            Expr::Array(items, _) => Value::List(items.iter().map(|it| self.value(it)).collect()),
            Expr::Map(map, _) => Value::Map(
                map.0
                    .iter()
                    .map(|(key, it)| (key.name.to_string(), self.value(it)))
                    .collect::<Map>(),
            ),
            Expr::Variable(parts, ..) if parts.2.is_empty() => self.variable_value(&parts.1),
            Expr::Stmt(block) => match closure(block) {
                Some((Expr::DynamicConstant(pointer, _), _)) => from_rhai(pointer),
                _ => anything(),
            },
            Expr::Dot(..) if self.is_operation(expr) => some_result(),
            _ => anything(),
        }
    }

    fn variable_value(&self, name: &str) -> Value {
        let value = self.local(name).cloned().unwrap_or_else(anything);
        // What is called on a variable may change it.
        let fixed = matches!(known(&value), Some(Some_::Handle));
        if !fixed && self.unit.mentions.touched.contains(name) { anything() } else { value }
    }

    /// Whether an expression is the call of an operation that exists.
    fn is_operation(&self, expr: &Expr) -> bool {
        let (root, steps) = flatten(expr);
        let Expr::Variable(parts, ..) = root else { return false };
        if self.local(&parts.1).is_some() {
            return false;
        }
        let mut name = parts.1.to_string();
        for (at, step) in steps.iter().enumerate() {
            let (short, last) = match step {
                Step::Property(short, _) => (*short, false),
                Step::Method(call, _) => (call.name.as_str(), true),
                Step::Index(_) => return false,
            };
            name = format!("{name}.{short}");
            if last {
                return at + 1 == steps.len() && crate::operations::find(&name).is_some();
            }
        }
        false
    }
}

/// A closure that captures variables: its function, and how many of the function's parameters are
/// captured. Rhai makes them the first arguments of `curry`, after a statement that shares them.
pub(super) fn closure(block: &StmtBlock) -> Option<(&Expr, usize)> {
    let [Stmt::Share(_), Stmt::Expr(expr)] = block.statements() else { return None };
    let Expr::FnCall(call, _) = &**expr else { return None };
    let call: &FnCallExpr = call;
    match call.args.as_slice() {
        [pointer, captured @ ..] if call.name == "curry" => Some((pointer, captured.len())),
        _ => None,
    }
}
