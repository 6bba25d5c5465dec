//! Functions of scripts that the engine calls: `_if` closures, deploy blocks, callbacks.

#![expect(
    deprecated,
    reason = "the only way to call a function of an imported module later; Rhai is pinned"
)]

use std::fmt;

use rhai::{Dynamic, EvalAltResult, FnPtr, NativeCallContext, NativeCallContextStore};

use super::convert::{from_rhai, to_rhai};
use super::current::current;
use super::pointer;
use super::problem::Thrown;
use crate::value::{Function, Value};

/// What a call of a function comes to whose context was not kept.
const NOT_HERE: &str = "a function cannot be called here";

/// A function of a script, with what Rhai needs to call it later: functions of imported modules are
/// found only through the context of the call that passed them on.
#[derive(Clone)]
pub(crate) struct Callback {
    pointer: FnPtr,
    context: Option<NativeCallContextStore>,
}

impl Callback {
    /// A function passed to the native call of `context`.
    pub(crate) fn new(pointer: FnPtr, context: &NativeCallContext<'_>) -> Self {
        Self { pointer, context: Some(context.store_data()) }
    }

    /// A function without its context; good for what needs none.
    pub(crate) fn bare(pointer: FnPtr) -> Self {
        Self { pointer, context: None }
    }

    /// Puts contexts to the functions in the arguments of a call, however deep they are.
    pub(crate) fn keep_contexts(value: &mut Dynamic, context: &NativeCallContext<'_>) {
        if let Some(pointer) = value.read_lock::<FnPtr>().map(|it| it.clone()) {
            *value = Dynamic::from(Self::new(pointer, context));
            return;
        }
        if let Ok(mut items) = value.as_array_mut() {
            items.iter_mut().for_each(|it| Self::keep_contexts(it, context));
            return;
        }
        if let Ok(mut map) = value.as_map_mut() {
            map.values_mut().for_each(|it| Self::keep_contexts(it, context));
        }
    }

    /// Calls it with Rhai's own values, functions among them.
    pub(super) fn call_with(&self, mut arguments: Vec<Dynamic>) -> Result<Dynamic, Thrown> {
        self.in_context(|context| pointer::call(context, &self.pointer, &mut arguments))
    }

    /// The same; a function that takes fewer arguments than there are gets the first ones.
    pub(super) fn call_raw(&self, arguments: &[Dynamic]) -> Result<Dynamic, Thrown> {
        self.in_context(|context| {
            for count in (0..=arguments.len()).rev() {
                let mut some: Vec<Dynamic> = arguments.iter().take(count).cloned().collect();
                match pointer::call(context, &self.pointer, &mut some) {
                    Err(error) if count > 0 && self.is_missing(&error) => {}
                    called => return called,
                }
            }
            Err(NOT_HERE.into())
        })
    }

    fn in_context(
        &self,
        call: impl FnOnce(&NativeCallContext<'_>) -> Result<Dynamic, Thrown>,
    ) -> Result<Dynamic, Thrown> {
        let evaluation = current().map_err(|error| error.message)?;
        let Some(store) = &self.context else { return Err(NOT_HERE.into()) };
        call(&store.create_context(&evaluation.shared.engine))
    }

    /// Whether the error says that there is no such function with so many parameters.
    fn is_missing(&self, error: &EvalAltResult) -> bool {
        matches!(error, EvalAltResult::ErrorFunctionNotFound(signature, _)
            if signature.starts_with(self.pointer.fn_name()))
    }
}

impl Function for Callback {
    fn call(&self, arguments: Vec<Value>) -> crate::Result<Value> {
        let arguments: Vec<Dynamic> = arguments.into_iter().map(to_rhai).collect();
        let value = self.call_raw(&arguments).map_err(|error| super::problem::carried(&error))?;
        Ok(from_rhai(&value))
    }
}

impl fmt::Debug for Callback {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.pointer.fn_name() {
            // A closure's name is made up by Rhai.
            name if name.starts_with("anon$") => f.write_str("a function"),
            name => write!(f, "function {name}"),
        }
    }
}
