//! Mistakes of scripts that show without running them: every one at once, also in branches that would
//! not run. What cannot be told for certain is left to the run.
//!
//! A script is parsed without optimisation, so that the tree is as the text; then it is looked over for
//! what it names ([`unit`]), so are the scripts that it includes and imports, and last its statements
//! are walked with the variables that they see ([`walk`]).

mod arguments;
mod call;
mod chain;
mod constant;
mod define;
mod known;
mod recover;
mod tasks;
#[cfg(test)]
mod tests;
mod unit;
mod walk;

pub use define::declare;
pub use tasks::{Task, tasks};

use std::collections::{HashMap, HashSet, VecDeque};
use std::path::PathBuf;
use std::sync::Arc;

use indexmap::IndexMap;

use super::problem::place;
use super::sources::{Script, Sources};
use crate::error::Error;
use crate::inventory::Inventory;
use crate::place::Problem;
use crate::project::Project;
use unit::{Link, Unit};
use walk::Walker;

/// Every mistake in the scripts, and in what they include and import by literal path, that shows without
/// a host: syntax, names, arguments, local files that are missing. With an inventory also data that no
/// host has. In the order of the scripts and their lines; nothing is evaluated.
pub fn check_scripts(scripts: &[PathBuf], inventory: Option<&Inventory>) -> Vec<Problem> {
    let mut folders = vec![PathBuf::from(".")];
    folders.extend(scripts.iter().map(|script| crate::project::folder_of(script)));
    folders.dedup();
    let mut all = super::sources::definition_files(&folders);
    all.extend_from_slice(scripts);
    let mut world = World::new(Project::new(folders), inventory);
    let mut problems = world.load(&all);
    for unit in world.units.values() {
        problems.extend(Walker::new(&world, unit).all());
    }
    let order = |problem: &Problem| {
        let place = problem.place.clone().unwrap_or_default();
        (world.order(&place.file), Arc::clone(&place.file), place.line, place.column)
    };
    problems.sort_by_cached_key(order);
    let mut told = HashSet::new();
    problems.retain(|it| told.insert((it.place.clone(), it.error.message.clone())));
    problems
}

/// What all scripts of a check have in common.
struct World<'a> {
    inventory: Option<&'a Inventory>,
    project: Project,
    /// Scripts by shown name, in the order in which they were met.
    units: IndexMap<Arc<str>, Unit>,
    /// Scripts that do not parse, and those that were not found.
    broken: Vec<Arc<str>>,
    /// The script that a path means, as a script names it.
    targets: HashMap<(Arc<str>, String), Arc<str>>,
    /// Variables that `include` gives a script; `None` where they cannot be told.
    given: HashMap<Arc<str>, Option<HashSet<String>>>,
    /// Names of data that scripts set, give or ask for.
    data: HashSet<String>,
    /// Facts and operations that scripts define, whether or not their declarations can be read.
    defined: HashSet<String>,
    /// Whether scripts make files on the controller, or ask whether they are there.
    makes_files: bool,
    /// Whether `include` may give data that cannot be told.
    gives_anything: bool,
}

impl<'a> World<'a> {
    fn new(project: Project, inventory: Option<&'a Inventory>) -> Self {
        Self {
            inventory,
            project,
            units: IndexMap::new(),
            broken: Vec::new(),
            targets: HashMap::new(),
            given: HashMap::new(),
            data: HashSet::new(),
            defined: HashSet::new(),
            makes_files: false,
            gives_anything: false,
        }
    }

    /// Reads the scripts and what they include and import; the problems that this meets.
    fn load(&mut self, scripts: &[PathBuf]) -> Vec<Problem> {
        let engine = super::engine::for_checks();
        let sources = Sources::default();
        let mut problems = Vec::new();
        let mut waiting: VecDeque<Result<Script, Problem>> =
            scripts.iter().map(|path| sources.load(&engine, path)).collect();
        while let Some(loaded) = waiting.pop_front() {
            let mut unread = HashSet::new();
            let script = match loaded {
                Ok(script) => script,
                Err(problem) => {
                    let text = problem.source.as_deref().unwrap_or_default();
                    self.defined.extend(define::names_in(text));
                    self.broken.extend(problem.place.iter().map(|it| Arc::clone(&it.file)));
                    match recover::rest(&engine, problem, &mut problems) {
                        Some((script, names)) => {
                            unread = names;
                            script
                        }
                        None => continue,
                    }
                }
            };
            if self.units.contains_key(&script.name) {
                continue;
            }
            let mut unit = Unit::new(script);
            unit.mentions.unread = unread;
            self.gather(&unit);
            for link in &unit.mentions.links {
                match self.target(&unit, link) {
                    Ok(Target::File(path)) => waiting.push_back(sources.load(&engine, &path)),
                    Ok(Target::Library(name, text)) => {
                        waiting.push_back(sources.compile(&engine, &name, text));
                    }
                    Err(problem) => problems.push(*problem),
                }
            }
            self.units.insert(Arc::clone(&unit.script.name), unit);
        }
        problems.extend(self.define());
        problems
    }

    /// Adds up what the scripts name.
    fn gather(&mut self, unit: &Unit) {
        let mentions = &unit.mentions;
        self.data.extend(mentions.data.iter().cloned());
        self.defined.extend(mentions.defined.iter().cloned());
        self.makes_files |= mentions.makes_files;
    }

    /// The script that a link means.
    fn target(&mut self, unit: &Unit, link: &Link) -> Result<Target, Box<Problem>> {
        let from = &unit.script.name;
        let file =
            if link.include { link.path.clone() } else { super::engine::with_ending(&link.path) };
        let found = super::sources::find_script(&self.project, &file, from);
        let target = match (found, super::standard::find(&link.path)) {
            (Some(path), _) => Target::File(path),
            (None, Some(module)) if !link.include => {
                Target::Library(module.file(), module.text.into())
            }
            _ => return Err(Box::new(missing(unit, link))),
        };
        let name = match &target {
            Target::File(path) => crate::place::shown(path).into(),
            Target::Library(name, _) => Arc::clone(name),
        };
        self.targets.insert((Arc::clone(from), link.path.clone()), Arc::clone(&name));
        if !link.include {
            return Ok(target);
        }
        let known = self.given.entry(name).or_insert_with(|| Some(HashSet::new()));
        match (known.as_mut(), &link.given) {
            (Some(known), Some(keys)) => known.extend(keys.iter().cloned()),
            _ => *known = None,
        }
        match &link.given {
            Some(keys) => self.data.extend(keys.iter().cloned()),
            None => self.gives_anything = true,
        }
        Ok(target)
    }

    /// The script that `path` means in a script, if it could be read.
    fn linked(&self, from: &Arc<str>, path: &str) -> Option<&Unit> {
        let name = self.targets.get(&(Arc::clone(from), path.to_owned()))?;
        self.units.get(name)
    }

    /// Whether scripts define an operation or a fact of that name.
    fn defines(&self, name: &str) -> bool {
        self.defined.contains(name)
    }

    /// Where problems of a script stand in the list.
    fn order(&self, file: &Arc<str>) -> usize {
        let broken = || self.broken.iter().position(|it| it == file);
        self.units
            .get_index_of(file)
            .or_else(|| broken().map(|at| self.units.len() + at))
            .unwrap_or(usize::MAX)
    }
}

/// What an `include` or `import` names.
enum Target {
    File(PathBuf),
    /// A script of the standard library: its name and text.
    Library(Arc<str>, Arc<str>),
}

fn missing(unit: &Unit, link: &Link) -> Problem {
    let error = if link.include {
        super::library::no_script(&link.path, &unit.script.name)
    } else {
        super::problem::no_module(&link.path)
    };
    let at = place(&unit.script.name, link.at);
    Problem {
        // The path with its quotes.
        width: link.path.chars().count() + 2,
        ..Problem::at(error, at, Some(Arc::clone(&unit.script.text)))
    }
}

/// An error that lies in something longer than a name, so that its width is read from the text.
const UNMEASURED: usize = 0;

/// The error for a name that stands for nothing, with the closest known one.
fn unknown<'n>(message: String, wrong: &str, known: impl IntoIterator<Item = &'n str>) -> Error {
    let mut error = Error::usage(message);
    error.hint = crate::error::did_you_mean(wrong, known);
    error
}

/// The same for a name of a script, which may be one of another language.
fn unknown_name<'n>(
    message: String,
    wrong: &str,
    known: impl IntoIterator<Item = &'n str>,
) -> Error {
    let mut error = unknown(message, wrong, known);
    if let Some(habit) = super::problem::of_name(wrong) {
        error.hint = Some(habit.to_owned());
    }
    error
}
