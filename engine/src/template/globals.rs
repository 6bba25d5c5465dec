//! Functions that templates can call.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use minijinja::value::{Object, Rest};
use minijinja::{Environment, Error, ErrorKind, State, Value};

pub(super) fn add(environment: &mut Environment<'_>) {
    environment.add_function("cycler", |items: Rest<Value>| {
        if items.is_empty() {
            return Err(Error::new(ErrorKind::MissingArgument, "`cycler` needs at least one item"));
        }
        Ok(Value::from_object(Cycler { items: items.to_vec(), at: AtomicUsize::new(0) }))
    });
}

/// Jinja2's `cycler("a", "b")`: `next()` gives one item after the other, `current` the one that is next.
#[derive(Debug)]
struct Cycler {
    items: Vec<Value>,
    at: AtomicUsize,
}

impl Cycler {
    fn item(&self, at: usize) -> Value {
        self.items.get(at % self.items.len()).cloned().unwrap_or_default()
    }
}

impl Object for Cycler {
    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        (key.as_str() == Some("current")).then(|| self.item(self.at.load(Ordering::Relaxed)))
    }

    fn call_method(
        self: &Arc<Self>,
        _state: &mut State<'_, '_>,
        method: &str,
        _args: &[Value],
    ) -> Result<Value, Error> {
        match method {
            "next" => Ok(self.item(self.at.fetch_add(1, Ordering::Relaxed))),
            "reset" => {
                self.at.store(0, Ordering::Relaxed);
                Ok(Value::from(()))
            }
            _ => Err(Error::new(
                ErrorKind::UnknownMethod,
                format!("a cycler has `next` and `reset`, not `{method}`"),
            )),
        }
    }
}
