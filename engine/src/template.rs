//! Jinja2 templates: what they see, how they ask for facts, and what their errors say.
//!
//! Rendering is pure and repeated: a template that needs a fact or another template of which nothing
//! is known yet notes that, goes on with a stand-in, and is rendered again once it is there. So all
//! that one rendering finds out to be needed is asked for together.

mod check;
mod filters;
mod globals;
mod mistake;
mod settings;
mod tests;
mod values;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use indexmap::IndexMap;
use minijinja::{AutoEscape, Environment, UndefinedBehavior};

pub(crate) use check::check;
pub(crate) use settings::Settings;

use crate::error::{Error, ErrorKind, Result};
use crate::fact::AnyFact;
use crate::host::Host;
use crate::value::Map;

/// A template asks for what it learned to ask for by earlier answers so many times at most.
const ROUNDS: usize = 50;

/// Where a template is.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Source<'a> {
    /// In a file of the project.
    File(&'a str),
    /// In memory.
    Text(&'a str),
}

/// Renders a template for a host.
pub(crate) fn render(
    host: &Host<'_>,
    source: &Source<'_>,
    data: &Map,
    settings: &Settings,
) -> Result<String> {
    let (name, text) = match source {
        Source::File(path) => (*path, read(host, path)?),
        Source::Text(text) => ("content", Arc::from(*text)),
    };
    let known = Known::default();
    known.lock().templates.insert(name.to_owned(), Some((name.to_owned(), Arc::clone(&text))));
    let identity = host.identity();
    let context = values::Context::new(data.clone(), identity, known.clone());
    let context = minijinja::Value::from_object(context);
    for _ in 0..ROUNDS {
        let rendered = {
            let environment = environment(settings, &known)?;
            environment
                .template_from_named_str(name, &text)
                .and_then(|template| template.render(context.clone()))
        };
        let mut now = known.lock();
        if let Some(error) = now.error.take() {
            return Err(error);
        }
        let (questions, templates) =
            (std::mem::take(&mut now.questions), std::mem::take(&mut now.wanted));
        drop(now);
        if questions.is_empty() && templates.is_empty() {
            return rendered.map_err(|error| mistake::explain(&error, &known, data, host));
        }
        for key in templates {
            let found = find(host, &key);
            known.lock().templates.insert(key, found);
        }
        answer(host, questions, &known)?;
    }
    Err(Error::usage(format!("template {name} asks for facts without end")))
}

/// What is known so far, shared with the values inside a template.
#[derive(Clone, Debug, Default)]
struct Known(Arc<Mutex<Knowledge>>);

#[derive(Debug, Default)]
struct Knowledge {
    /// Facts by name and arguments.
    answers: HashMap<String, minijinja::Value>,
    /// Facts that were asked for and are not there yet.
    questions: IndexMap<String, Box<dyn AnyFact>>,
    /// Templates by key: their path and text; `None` where there is no such template.
    templates: HashMap<String, Option<(String, Arc<str>)>>,
    /// Templates that were asked for and are not there yet.
    wanted: Vec<String>,
    /// What must be said instead of a result.
    error: Option<Error>,
}

impl Known {
    fn lock(&self) -> MutexGuard<'_, Knowledge> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The path of the template with that key, for people.
    fn path_of(&self, key: &str) -> String {
        match self.lock().templates.get(key) {
            Some(Some((path, _))) => path.clone(),
            _ => bare(key).to_owned(),
        }
    }
}

fn environment<'a>(settings: &Settings, known: &Known) -> Result<Environment<'a>> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_debug(true);
    environment.set_syntax(settings.syntax()?);
    let escape = if settings.autoescape { AutoEscape::Html } else { AutoEscape::None };
    environment.set_auto_escape_callback(move |_| escape.clone());
    environment.set_unknown_method_callback(minijinja_contrib::pycompat::unknown_method_callback);
    minijinja_contrib::add_to_environment(&mut environment);
    filters::add(&mut environment);
    globals::add(&mut environment);
    tests::add(&mut environment);
    environment.set_formatter(|out, state, value| {
        if matches!(state.auto_escape(), AutoEscape::Html) && !value.is_safe() {
            return Ok(out.write_str(&filters::escaped(&value.to_string()))?);
        }
        minijinja::escape_formatter(out, state, value)
    });
    let loader = known.clone();
    environment.set_loader(move |key| {
        let mut known = loader.lock();
        if let Some(found) = known.templates.get(key) {
            return Ok(found.as_ref().map(|(_, text)| text.to_string()));
        }
        known.wanted.push(key.to_owned());
        Ok(None)
    });
    let paths = known.clone();
    environment.set_path_join_callback(move |name, from| {
        let from = paths.path_of(from);
        let folder = from.rsplit_once('/').map_or("", |(folder, _)| folder);
        format!("{folder}{BESIDE}{name}").into()
    });
    Ok(environment)
}

/// Stands in a template's key between the folder that it may be in and its name.
const BESIDE: char = '\u{1}';

/// The name in a template's key.
fn bare(key: &str) -> &str {
    key.split_once(BESIDE).map_or(key, |(_, name)| name)
}

/// Finds a template beside the one that names it, else in the project.
fn find(host: &Host<'_>, key: &str) -> Option<(String, Arc<str>)> {
    let (folder, name) = key.split_once(BESIDE).unwrap_or(("", key));
    let beside = if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") };
    [beside, name.to_owned()].into_iter().find_map(|path| {
        let text = read(host, &path).ok()?;
        Some((path, text))
    })
}

fn read(host: &Host<'_>, path: &str) -> Result<Arc<str>> {
    let file = host.file(path)?;
    if let Some(text) = file.text() {
        return Ok(text);
    }
    String::from_utf8(file.content().read()?)
        .map(Arc::from)
        .map_err(|_| Error::usage(format!("template {path} is not UTF-8 text")))
}

/// Asks the host all that a rendering asked for.
fn answer(
    host: &Host<'_>,
    questions: IndexMap<String, Box<dyn AnyFact>>,
    known: &Known,
) -> Result<()> {
    let mut pending = None;
    for (key, fact) in questions {
        match fact.answer(host) {
            Ok(answer) => {
                let value = minijinja::Value::from(minijinja::value::Serde(&answer.to_json()));
                known.lock().answers.insert(key, value);
            }
            Err(error) if error.kind == ErrorKind::Pending => pending = Some(error),
            Err(error) => return Err(error),
        }
    }
    pending.map_or(Ok(()), Err)
}

#[cfg(test)]
mod cases;
