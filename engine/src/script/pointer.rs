//! Calls of a script's functions and closures by others: with what the file in which they stand has, its
//! own functions and imports. Rhai looks for them where the call is.

#![expect(deprecated, reason = "the only way to make a function that can be called anywhere")]

use rhai::{Dynamic, FnPtr, NativeCallContext};

use super::current::current;
use super::problem::Thrown;

/// Calls a function within the call of `context`.
pub(super) fn call(
    context: &NativeCallContext<'_>,
    pointer: &FnPtr,
    arguments: &mut [Dynamic],
) -> Result<Dynamic, Thrown> {
    let caller = context.call_source();
    let Ok(evaluation) = current() else { return pointer.call_raw(context, None, arguments) };
    let Some(script) = evaluation.shared.sources.script_of(pointer.fn_name(), caller) else {
        return pointer.call_raw(context, None, arguments);
    };
    let module = evaluation.modules.borrow().get(&script.name).cloned();
    let mut global = context.global_runtime_state().clone();
    global.source = Some((&*script.name).into());
    global.lib.insert(0, module.unwrap_or_else(|| script.ast.shared_lib().clone()));
    let context = NativeCallContext::new_with_all_fields(
        context.engine(),
        context.fn_name(),
        None,
        &global,
        context.call_position(),
    );
    pointer.call_raw(&context, None, arguments)
}

/// Makes the functions in a value callable from any script, however deep they are.
pub(super) fn make_portable(value: &mut Dynamic) {
    if let Some(pointer) = value.read_lock::<FnPtr>().map(|it| it.clone()) {
        let name = pointer.fn_name().replace('$', "_");
        let portable = FnPtr::from_dyn_fn(
            name,
            Box::new(move |context, arguments| {
                let mut arguments: Vec<Dynamic> =
                    arguments.iter_mut().map(|it| it.take()).collect();
                call(&context, &pointer, &mut arguments)
            }),
        );
        if let Ok(portable) = portable {
            *value = Dynamic::from(portable);
        }
        return;
    }
    if let Ok(mut items) = value.as_array_mut() {
        items.iter_mut().for_each(make_portable);
        return;
    }
    if let Ok(mut map) = value.as_map_mut() {
        map.values_mut().for_each(make_portable);
    }
}
