//! Functions of scripts that the engine calls: `_if` closures, deploy blocks, callbacks.

#![expect(
    deprecated,
    reason = "the only way to call a function of an imported module later; Rhai is pinned"
)]

use std::fmt;

use rhai::{Dynamic, EvalAltResult, FnPtr, NativeCallContext, NativeCallContextStore};

use super::convert::{from_rhai, to_rhai};
use super::current::current;
use crate::error::Result;
use crate::value::{Function, Value};

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
}

impl Callback {
    /// Whether the error says that there is no such function with so many parameters.
    fn is_missing(&self, error: &EvalAltResult) -> bool {
        matches!(error, EvalAltResult::ErrorFunctionNotFound(signature, _)
            if signature.starts_with(self.pointer.fn_name()))
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

impl Callback {
    /// Calls it with Rhai's own values, functions among them.
    pub(super) fn call_with(
        &self,
        mut arguments: Vec<Dynamic>,
    ) -> Result<Dynamic, super::problem::Thrown> {
        let evaluation = current().map_err(|error| error.message)?;
        let Some(store) = &self.context else {
            return Err("a function cannot be called here".into());
        };
        let context = store.create_context(&evaluation.shared.engine);
        super::pointer::call(&context, &self.pointer, &mut arguments)
    }
}

impl Function for Callback {
    fn call(&self, arguments: Vec<Value>) -> Result<Value> {
        let arguments: Vec<Dynamic> = arguments.into_iter().map(to_rhai).collect();
        let value = self.call_raw(&arguments).map_err(|error| super::problem::carried(&error))?;
        Ok(from_rhai(&value))
    }
}

impl Callback {
    /// Calls it with Rhai's own values. A function that takes fewer arguments than there are gets the
    /// first ones.
    pub(super) fn call_raw(
        &self,
        arguments: &[Dynamic],
    ) -> std::result::Result<Dynamic, Box<EvalAltResult>> {
        let evaluation = current().map_err(|error| error.message)?;
        let Some(store) = &self.context else {
            return Err("a function cannot be called here".into());
        };
        #[expect(
            deprecated,
            reason = "the only way to call a function of an imported module later"
        )]
        let context = store.create_context(&evaluation.shared.engine);
        for count in (0..=arguments.len()).rev() {
            let mut some: Vec<Dynamic> = arguments.iter().take(count).cloned().collect();
            match super::pointer::call(&context, &self.pointer, &mut some) {
                Ok(value) => return Ok(value),
                Err(error) if count > 0 && self.is_missing(&error) => {}
                Err(error) => return Err(error),
            }
        }
        Err("a function cannot be called here".into())
    }
}
