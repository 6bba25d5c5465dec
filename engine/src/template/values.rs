//! What a template sees: the call's data and the host.

use std::fmt;
use std::sync::Arc;

use minijinja::value::{Enumerator, Kwargs, Object, ObjectRepr, Serde, from_args};
use minijinja::{Error as Mistake, ErrorKind as MistakeKind, State, Value as Shown};

use super::Known;
use crate::error::{Error, did_you_mean};
use crate::fact::AnyFact;
use crate::host::Identity;
use crate::value::{Map, Value};

/// All variables of a template.
#[derive(Debug)]
pub(super) struct Context {
    data: Map,
    host: Shown,
    known: Known,
}

impl Context {
    pub(super) fn new(data: Map, host: Identity, known: Known) -> Self {
        let host = Shown::from_object(HostView { host, known: known.clone() });
        Self { data, host, known }
    }
}

impl Object for Context {
    fn get_value(self: &Arc<Self>, key: &Shown) -> Option<Shown> {
        let name = key.as_str()?;
        match self.data.get(name) {
            Some(value) => Some(show(value, &self.known)),
            None if name == "host" => Some(self.host.clone()),
            None => None,
        }
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        let names = self.data.keys().map(|it| Shown::from(it.as_str()));
        Enumerator::Values(names.chain([Shown::from("host")]).collect())
    }
}

/// `host`.
struct HostView {
    host: Identity,
    known: Known,
}

impl fmt::Debug for HostView {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.host.name)
    }
}

impl Object for HostView {
    fn get_value(self: &Arc<Self>, key: &Shown) -> Option<Shown> {
        Some(match key.as_str()? {
            "name" => Shown::from(self.host.name.as_str()),
            "groups" => self.host.groups.iter().map(String::as_str).collect(),
            "data" => Shown::from_object(DataView {
                data: self.host.data.clone(),
                known: self.known.clone(),
            }),
            _ => return None,
        })
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::Str(&["name", "groups", "data"])
    }

    /// `{{ host }}` is the host's name.
    fn render(self: &Arc<Self>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.host.name)
    }

    fn call_method(
        self: &Arc<Self>,
        _state: &mut State<'_, '_>,
        method: &str,
        args: &[Shown],
    ) -> Result<Shown, Mistake> {
        if method == "fact" || method == "get_fact" {
            return ask(&self.known, args);
        }
        let methods = ["fact", "get_fact"];
        let hint = did_you_mean(method, methods).unwrap_or_default();
        let message = format!("`host` has no function `{method}`; {hint}");
        Err(Mistake::new(MistakeKind::UnknownMethod, message.trim_end_matches("; ").to_owned()))
    }
}

/// `host.data`.
#[derive(Debug)]
struct DataView {
    data: Map,
    known: Known,
}

impl Object for DataView {
    fn get_value(self: &Arc<Self>, key: &Shown) -> Option<Shown> {
        self.data.get(key.as_str()?).map(|value| show(value, &self.known))
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::Values(self.data.keys().map(|it| Shown::from(it.as_str())).collect())
    }
}

/// `host.fact("files.file", "/etc/x")`, or with named arguments.
fn ask(known: &Known, args: &[Shown]) -> Result<Shown, Mistake> {
    let wrong = |message: String| Mistake::new(MistakeKind::InvalidOperation, message);
    let (positional, named): (&[Shown], Kwargs) = from_args(args)?;
    let Some((name, rest)) = positional.split_first() else {
        return Err(wrong("`host.fact` needs the name of a fact".to_owned()));
    };
    let name = name.to_string();
    let Some(def) = crate::facts::find(&name) else {
        let hint = did_you_mean(&name, crate::facts::all().map(|it| it.name)).unwrap_or_default();
        return Err(wrong(
            format!("there is no fact `{name}`; {hint}").trim_end_matches("; ").to_owned(),
        ));
    };
    let mut arguments = Map::new();
    for key in named.args() {
        arguments.insert(key.to_owned(), read(&named.peek::<Shown>(key)?)?);
    }
    let mut values = rest.iter().map(read).collect::<Result<Vec<_>, _>>()?;
    // The last map is named arguments, as in a script.
    if arguments.is_empty()
        && let Some(Value::Map(map)) = values.pop_if(|it| matches!(it, Value::Map(_)))
    {
        arguments = map;
    }
    let fact: Box<dyn AnyFact> = def.read(values, arguments).map_err(|errors| {
        let messages: Vec<_> = errors.into_iter().map(|it| it.message).collect();
        wrong(messages.join("; "))
    })?;
    let key = format!("{name} {}", fact.key());
    let mut known = known.lock();
    if let Some(answer) = known.answers.get(&key) {
        return Ok(answer.clone());
    }
    known.questions.insert(key, fact);
    Ok(Shown::from_object(NotYet))
}

/// A value of the script as the template sees it.
pub(super) fn show(value: &Value, known: &Known) -> Shown {
    match value {
        Value::Unit => Shown::from(()),
        Value::Bool(it) => Shown::from(*it),
        Value::Int(it) => Shown::from(*it),
        Value::Float(it) => Shown::from(*it),
        Value::Text(text) => Shown::from(text.as_str()),
        Value::Word(_) => show(&value.clone().settle(), known),
        Value::Secret(secret) => Shown::from(secret.reveal()),
        Value::Bytes(bytes) => Shown::from(String::from_utf8_lossy(bytes).into_owned()),
        Value::List(items) => items.iter().map(|it| show(it, known)).collect(),
        Value::Map(map) => Shown::from_pairs(
            map.iter().map(|(key, it)| (Shown::from(key.as_str()), show(it, known))),
        ),
        Value::Function(_) => Shown::from(Mistake::new(
            MistakeKind::InvalidOperation,
            "a function of the script cannot be used in a template",
        )),
        Value::Outcome(outcome) => match outcome.changed() {
            Ok(changed) => Shown::from_pairs([(Shown::from("changed"), Shown::from(changed))]),
            Err(error) => refuse(known, error),
        },
        Value::Unknown(why) => refuse(known, Error::unknown(Arc::clone(why))),
    }
}

/// Keeps the error for the end of the rendering; the first one counts.
fn refuse(known: &Known, error: Error) -> Shown {
    known.lock().error.get_or_insert(error);
    Shown::from_object(NotYet)
}

/// A template's value as an argument of a fact.
fn read(value: &Shown) -> Result<Value, Mistake> {
    serde_json::to_value(value).map(Value::from).map_err(|error| {
        Mistake::new(MistakeKind::BadSerialization, format!("not an argument of a fact: {error}"))
    })
}

/// Stands where a fact will be once it is known. Everything asked of it is not there yet either.
#[derive(Debug)]
struct NotYet;

impl Object for NotYet {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Map
    }

    fn get_value(self: &Arc<Self>, _key: &Shown) -> Option<Shown> {
        Some(Shown::from_dyn_object(Arc::clone(self)))
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::Empty
    }

    fn call(
        self: &Arc<Self>,
        _state: &mut State<'_, '_>,
        _args: &[Shown],
    ) -> Result<Shown, Mistake> {
        Ok(Shown::from_dyn_object(Arc::clone(self)))
    }

    fn call_method(
        self: &Arc<Self>,
        _state: &mut State<'_, '_>,
        _method: &str,
        _args: &[Shown],
    ) -> Result<Shown, Mistake> {
        Ok(Shown::from_dyn_object(Arc::clone(self)))
    }
}

/// A value that serde knows, as the template sees it.
pub(super) fn from_json(json: &serde_json::Value) -> Shown {
    Shown::from(Serde(json))
}
