//! Functions on text: `join`, which Rhai does not have, and those that both change and give it.
//!
//! Rhai's own `trim` and `replace` change a variable and give nothing, so `result.stdout.trim()` would be `()`.

use rhai::{Array, Dynamic, Engine, ImmutableString};

use super::convert::Unknown;
use crate::command::Secret;

pub(super) fn bind(engine: &mut Engine) {
    super::pieces::bind(engine);
    engine
        .register_fn("trim", |text: &mut ImmutableString| {
            *text = text.trim().into();
            text.clone()
        })
        .register_fn("replace", |text: &mut ImmutableString, find: &str, put: &str| {
            changed(text, text.replace(find, put))
        })
        .register_fn("replace", |text: &mut ImmutableString, find: char, put: char| {
            changed(text, text.replace(find, put.encode_utf8(&mut [0; 4])))
        })
        .register_fn("join", |parts: &mut Array, between: &str| {
            parts.iter().map(written).collect::<Vec<_>>().join(between)
        });
}

/// Puts a text in place of another, and gives it.
fn changed(text: &mut ImmutableString, after: String) -> ImmutableString {
    Secret::changed(text, &after);
    *text = after.into();
    text.clone()
}

/// A value as text.
fn written(value: &Dynamic) -> String {
    let unknown = value.read_lock::<Unknown>().map(|it| it.mark());
    unknown.unwrap_or_else(|| value.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_changed_and_given() {
        let mut engine = Engine::new();
        bind(&mut engine);
        for (script, expected) in [
            (r#"" a ".trim()"#, "a"),
            (r#"let x = " a "; x.trim(); x"#, "a"),
            (r#"let x = "a-b"; x.replace("-", "+") + x"#, "a+ba+b"),
            (r#"let x = #{ s: " a " }; x.s.trim()"#, "a"),
            ("let x = \"a-b\"; x.replace('-', '+')", "a+b"),
            (r#"["a", 1, true].join(", ")"#, "a, 1, true"),
            (r#"[].join(", ")"#, ""),
        ] {
            assert_eq!(engine.eval::<String>(script).unwrap(), expected, "{script}");
        }
    }
}
