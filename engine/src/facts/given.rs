//! Facts given as JSON instead of asked: `@fake` hosts, tests of deploys, recordings.

mod derived;

use std::collections::BTreeMap;

use serde_json::Value as Json;

use crate::error::{Error, Result};
use crate::fact::{Answer, QuestionId};

/// Facts by name and arguments, as `{"server.linux_name": "Debian", "files.file": {"path=/etc/x": null}}`
/// gives them: a fact that takes arguments is a map from `arg=value` (several joined with `, `, defaults
/// left out, in any order) to its value.
#[derive(Clone, Debug, Default)]
pub struct GivenFacts {
    facts: BTreeMap<String, Json>,
    missing: Missing,
}

/// What a fact is that was not given.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Missing {
    /// An error that prints the JSON to add.
    #[default]
    Error,
    /// The fact's default.
    Default,
}

/// Arguments that say the same as leaving them out.
const EMPTY: &[&str] = &["None", "False", "null", "false", "", "[]", "()"];

impl GivenFacts {
    /// Facts by name, and what the others are.
    pub fn new(facts: BTreeMap<String, Json>, missing: Missing) -> Self {
        let own = |name: String| super::find(&name).map_or(name, |def| def.name.to_owned());
        let facts = facts.into_iter().map(|(name, value)| (own(name), value)).collect();
        Self { facts, missing }
    }

    /// The value of a fact, if it was given or follows from what was.
    pub fn find(&self, id: &QuestionId) -> Option<Answer> {
        self.direct(id).or_else(|| derived::text(&self.facts, id))
    }

    fn direct(&self, id: &QuestionId) -> Option<Answer> {
        let given = self.facts.get(id.fact)?;
        let takes_arguments =
            super::find(id.fact).is_some_and(|def| !def.args.is_empty()) && given.is_object();
        if !takes_arguments {
            return Some(Answer::json(given.clone()));
        }
        let wanted = parts(&id.key);
        let entries = given.as_object()?;
        entries
            .iter()
            .find(|(key, _)| says_arguments(key) && same(&wanted, &told(parts(key), id.fact)))
            // A fact whose arguments are all optional may be given without them.
            .or_else(|| {
                let bare = wanted.is_empty() && !entries.keys().any(|key| key.contains('='));
                bare.then(|| entries.iter().next()).flatten().map(|_| (&id.key, given))
            })
            .map(|(_, value)| Answer::json(value.clone()))
    }

    /// What a fact is that was not given: `None` means its default.
    pub fn missing(&self, id: &QuestionId) -> Option<Error> {
        if self.missing == Missing::Default {
            return None;
        }
        let addition = if id.key.is_empty() {
            serde_json::json!({ id.fact: null })
        } else {
            serde_json::json!({ id.fact: { id.key.as_str(): null } })
        };
        Some(
            Error::usage(format!("the fake host was not given the fact `{}`", id.fact))
                .hint(format!("add to its facts: {addition}")),
        )
    }
}

/// Whether a key of a fact's answers is a list of arguments, and not a key of its only answer.
fn says_arguments(key: &str) -> bool {
    key.is_empty() || key.contains('=')
}

/// `path=/etc/x, user=app` as pairs. A part without `=` belongs to the value before it.
fn parts(key: &str) -> Vec<(String, String)> {
    let mut pairs: Vec<(String, String)> = Vec::new();
    for part in key.split(", ") {
        match (part.split_once('='), pairs.last_mut()) {
            (Some((name, value)), _)
                if name.chars().all(|it| it.is_alphanumeric() || it == '_') =>
            {
                pairs.push((name.to_owned(), value.to_owned()));
            }
            (_, Some((_, value))) => {
                value.push_str(", ");
                value.push_str(part);
            }
            (Some((name, value)), None) => pairs.push((name.to_owned(), value.to_owned())),
            (None, None) => {}
        }
    }
    pairs
}

/// The arguments without those that say what their default says.
fn told(given: Vec<(String, String)>, fact: &str) -> Vec<(String, String)> {
    let Some(def) = super::find(fact) else { return given };
    let is_default = |name: &str, value: &str| {
        let argument = def.args.iter().find(|it| it.name == name);
        let default = argument.and_then(|it| it.default);
        default.is_some_and(|default| loosely(default.trim_matches('"')) == loosely(value))
    };
    given.into_iter().filter(|(name, value)| !is_default(name, value)).collect()
}

/// Whether two lists of arguments say the same, whatever their order.
fn same(wanted: &[(String, String)], given: &[(String, String)]) -> bool {
    let holds = |list: &[(String, String)], (name, value): &(String, String)| {
        list.iter().any(|(other, it)| other == name && loosely(it) == loosely(value))
            || (EMPTY.contains(&value.as_str()) && !list.iter().any(|(other, _)| other == name))
    };
    wanted.iter().all(|pair| holds(given, pair)) && given.iter().all(|pair| holds(wanted, pair))
}

/// `True` and `true`, `['a']` and `["a"]` are the same argument.
fn loosely(value: &str) -> String {
    value.replace('\'', "\"").replace("True", "true").replace("False", "false").replace(", ", ",")
}

/// Reads the `facts` object of one host.
pub fn read(facts: &Json, missing: Missing) -> Result<GivenFacts> {
    let Some(map) = facts.as_object() else {
        return Err(Error::usage("`facts` of a fake host must be an object of facts by name"));
    };
    let facts = map.iter().map(|(name, value)| (name.clone(), value.clone())).collect();
    Ok(GivenFacts::new(facts, missing))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_match_in_any_order_and_without_defaults() {
        for (wanted, given, expected) in [
            ("path=/a, pattern=x", "pattern=x, path=/a", true),
            ("path=/a", "path=/a, recursive=False", true),
            ("path=/a", "path=/b", false),
            ("path=/a, b", "path=/a, b", true),
            ("keys=[\"a\",\"b\"]", "keys=['a', 'b']", true),
        ] {
            assert_eq!(same(&parts(wanted), &parts(given)), expected, "{wanted} {given}");
        }
    }
}
