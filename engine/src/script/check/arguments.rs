//! Arguments: the engine itself reads those that the text tells, and its errors get their places.

use std::collections::HashSet;
use std::path::Path;
use std::sync::Arc;

use rhai::{Expr, Position};

use super::UNMEASURED;
use super::constant::{anything, is_anything, is_some_text};
use super::walk::Walker;
use crate::args::{ArgDef, Kind};
use crate::error::{Error, ErrorKind, did_you_mean};
use crate::operation::OpDef;
use crate::options::GlobalArgs;
use crate::value::{Map, Value};

/// Operations that read a local file, and the argument that names it.
const LOCAL_FILES: &[(&str, &str)] = &[
    ("files.put", "src"),
    ("files.sync", "src"),
    ("files.template", "src"),
    ("server.script", "src"),
    ("server.script_template", "src"),
];

/// Operations of which the local file is a template.
const TEMPLATES: &[&str] = &["files.template", "server.script_template"];

/// Arguments that say that a local file is not looked for now, or not in the project.
const ELSEWHERE: &[&str] = &["assume_exists", "add_deploy_dir"];

/// What is called, and where.
pub(super) struct Called {
    pub(super) name: &'static str,
    pub(super) arguments: &'static [ArgDef],
    /// Whether `name` is its label, no argument of its own.
    pub(super) label: bool,
    pub(super) at: Position,
    pub(super) width: usize,
}

/// The arguments of a call.
pub(super) struct Given {
    positional: Vec<(Value, Position)>,
    pub(super) named: Vec<(String, Position, Value)>,
    /// Whether there may be more named ones that the text does not tell.
    open: bool,
}

/// Reads arguments; its mistakes.
type Read<'r> = &'r dyn Fn(Vec<Value>, Map) -> Option<Vec<Error>>;

impl Given {
    /// Positional arguments and a last map of named ones.
    pub(super) fn of(walker: &Walker<'_>, arguments: &[Expr]) -> Self {
        let Some((last, before)) = arguments.split_last() else {
            return Self { positional: Vec::new(), named: Vec::new(), open: false };
        };
        let positional =
            |all: &[Expr]| all.iter().map(|it| (walker.value(it), it.start_position())).collect();
        match walker.value(last) {
            Value::Map(_) => Self { positional: positional(before), ..Self::named(walker, last) },
            // It may be a map of named arguments as well as the last positional one.
            value if is_anything(&value) => {
                Self { positional: positional(before), named: Vec::new(), open: true }
            }
            _ => Self { positional: positional(arguments), named: Vec::new(), open: false },
        }
    }

    /// A map of named arguments: written there, or a variable that holds one.
    pub(super) fn named(walker: &Walker<'_>, map: &Expr) -> Self {
        let at = map.start_position();
        let named = match (map, walker.value(map)) {
            (Expr::Map(entries, _), _) => entries
                .0
                .iter()
                .map(|(key, it)| (key.name.to_string(), key.pos, walker.value(it)))
                .collect(),
            (_, Value::Map(entries)) => {
                entries.into_iter().map(|(key, it)| (key, at, it)).collect()
            }
            _ => Vec::new(),
        };
        Self { positional: Vec::new(), named, open: false }
    }

    fn find(&self, called: &Called, name: &str) -> Option<(&Value, Position, usize)> {
        let def = called.arguments.iter().find(|it| it.name == name || it.aliases.contains(&name));
        let is_it = |key: &str| {
            key == name || def.is_some_and(|def| def.name == key || def.aliases.contains(&key))
        };
        if let Some((key, at, value)) = self.named.iter().find(|it| is_it(&it.0)) {
            return Some((value, *at, key.chars().count()));
        }
        let index = called.arguments.iter().filter(|it| !it.rest).position(|it| is_it(it.name))?;
        self.positional.get(index).map(|(value, at)| (value, *at, UNMEASURED))
    }
}

impl Walker<'_> {
    /// Checks the arguments of a call, global ones included.
    pub(super) fn arguments(&mut self, called: &Called, given: &Given, read: Read<'_>) {
        let own = given.named.iter().filter(|(key, ..)| !GlobalArgs::knows(key));
        let mut named: Map = own.map(|(key, _, value)| (key.clone(), value.clone())).collect();
        if called.label {
            named.shift_remove("name");
        }
        if given.open {
            for def in called.arguments.iter().filter(|it| !it.rest) {
                if given.find(called, def.name).is_none() {
                    named.insert(def.name.to_owned(), anything());
                }
            }
        }
        let positional = given.positional.iter().map(|it| it.0.clone()).collect();
        for error in read(positional, named).unwrap_or_default() {
            self.argument(called, given, advised(error));
        }
        self.texts(called, given);
        self.misspelt_global(called, given);
        self.global_arguments(given, called.at, called.width);
    }

    /// Checks the values of global arguments.
    pub(super) fn global_arguments(&mut self, given: &Given, at: Position, width: usize) {
        let global = given.named.iter().filter(|(key, ..)| GlobalArgs::knows(key));
        let map: Map = global.map(|(key, _, value)| (key.clone(), value.clone())).collect();
        let called = Called {
            name: "global arguments",
            arguments: global_arguments(),
            label: false,
            at,
            width,
        };
        for error in GlobalArgs::read_map(map).err().unwrap_or_default() {
            self.argument(&called, given, error);
        }
        let named = Given { positional: Vec::new(), named: given.named.clone(), open: false };
        self.texts(&called, &named);
    }

    /// Tells an error at the argument that it is about. What is not known yet is none.
    fn argument(&mut self, called: &Called, given: &Given, error: Error) {
        if error.kind != ErrorKind::Usage {
            return;
        }
        let place = match &error.argument {
            Some(name) => given.find(called, name).map(|(_, at, width)| (at, width)),
            // Too many positional arguments: the first that is too much.
            None => given
                .positional
                .get(called.arguments.iter().filter(|it| !it.rest).count())
                .map(|(_, at)| (*at, UNMEASURED)),
        };
        let (at, width) = place.unwrap_or((called.at, called.width));
        self.problem(error, at, width);
    }

    /// Text that is put together is still text, whatever it says.
    fn texts(&mut self, called: &Called, given: &Given) {
        for def in called.arguments.iter().filter(|it| !it.rest && !takes_text(&it.kind)) {
            let Some((value, at, width)) = given.find(called, def.name) else { continue };
            if is_some_text(value) {
                let message = format!("argument `{}` takes {}, not text", def.name, def.kind);
                self.problem(Error::usage(message).argument(def.name), at, width);
            }
        }
    }

    /// A global argument that is misspelt, given to what takes any name.
    fn misspelt_global(&mut self, called: &Called, given: &Given) {
        if !called.arguments.iter().any(|it| it.rest) {
            return;
        }
        for (key, at, _) in given.named.iter().filter(|(key, ..)| key.starts_with('_')) {
            if GlobalArgs::knows(key) {
                continue;
            }
            if let Some(hint) = did_you_mean(key, GlobalArgs::names()) {
                let error = Error::usage(format!("`{}` has no argument `{key}`", called.name));
                self.problem(error.hint(hint).argument(key.as_str()), *at, key.chars().count());
            }
        }
    }

    /// A local file that an operation names must be there.
    pub(super) fn local_file(&mut self, def: &OpDef, given: &Given) {
        let argument = LOCAL_FILES.iter().find(|it| it.0 == def.name).map(|it| it.1);
        let Some(argument) = argument else { return };
        let called = Called {
            name: def.name,
            arguments: def.args,
            label: true,
            at: Position::NONE,
            width: UNMEASURED,
        };
        let says_otherwise = ELSEWHERE.iter().any(|it| given.find(&called, it).is_some());
        if given.open || says_otherwise || self.world.makes_files || self.tries > 0 {
            return;
        }
        let Some((Value::Text(path), at, width)) = given.find(&called, argument) else { return };
        match self.world.project.locate(path) {
            None if self.world.project.has(path) => {}
            None => self.problem(self.world.project.missing(path), at, width),
            Some(found) if TEMPLATES.contains(&def.name) => {
                self.template(&found, &called, given, at);
            }
            Some(_) => {}
        }
    }

    /// A template must be well formed, and get the variables that it reads in any case.
    fn template(&mut self, path: &Path, called: &Called, given: &Given, at: Position) {
        if given.find(called, "jinja_env_kwargs").is_some() {
            return;
        }
        // What cannot be read is told by the run.
        let Ok(text) = std::fs::read_to_string(path) else { return };
        let own = |name: &str| called.arguments.iter().any(|it| !it.rest && it.name == name);
        let variables = given.named.iter().map(|it| it.0.clone());
        let variables: HashSet<String> = variables.filter(|it| !own(it)).collect();
        let name: Arc<str> = crate::place::shown(path).into();
        let findings = crate::template::check(&name, &text, Some(&variables));
        let text: Arc<str> = text.into();
        for mistake in findings.mistakes {
            self.elsewhere(mistake.error, &name, &text, &mistake.at, at);
        }
        for (key, place) in findings.data {
            if let Some(error) = self.no_datum(&key) {
                self.elsewhere(error, &name, &text, &place, at);
            }
        }
    }
}

/// An unknown argument that starts with an underscore was meant to be a global one.
fn advised(error: Error) -> Error {
    let global = error.argument.as_deref().filter(|it| it.starts_with('_'));
    match global.map(|name| did_you_mean(name, GlobalArgs::names())) {
        Some(Some(hint)) => error.hint(hint),
        Some(None) => error.hint("`infra doc` lists the global arguments"),
        None => error,
    }
}

fn takes_text(kind: &Kind) -> bool {
    match kind {
        Kind::Bool
        | Kind::Integer
        | Kind::Number
        | Kind::Function
        | Kind::List(_)
        | Kind::Map(_) => false,
        Kind::OneOrMany(of) => takes_text(of),
        Kind::Text | Kind::Scalar | Kind::Mode | Kind::Secret | Kind::Choice(_) | Kind::Any => true,
    }
}

fn global_arguments() -> &'static [ArgDef] {
    <GlobalArgs as crate::args::Args>::ARGS
}
