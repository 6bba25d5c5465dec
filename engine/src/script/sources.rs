//! The scripts of a project: read and compiled once, found by the name that errors show.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use rhai::{AST, Engine};

use super::problem::{unclosed, unparsable};
use super::standard::Module;
use crate::error::Error;
use crate::place::{Problem, shown};
use crate::project::Project;

/// Compiled scripts by shown name.
#[derive(Debug, Default)]
pub(crate) struct Sources {
    scripts: Mutex<HashMap<Arc<str>, Script>>,
    /// The files in which closures stand, by the names that Rhai gives them.
    closures: Mutex<HashMap<String, Vec<Arc<str>>>>,
}

/// One compiled script.
#[derive(Clone, Debug)]
pub(crate) struct Script {
    /// The name that errors show: the path as the user would write it.
    pub(crate) name: Arc<str>,
    /// Its text.
    pub(crate) text: Arc<str>,
    /// Its syntax tree.
    pub(crate) ast: Arc<AST>,
}

impl Sources {
    /// Reads and compiles the script at `path`, once.
    pub(crate) fn load(&self, engine: &Engine, path: &Path) -> Result<Script, Problem> {
        let name: Arc<str> = shown(path).into();
        if let Some(known) = self.scripts().get(&name) {
            return Ok(known.clone());
        }
        let bytes = fs::read(path).map_err(|error| {
            let mut problem =
                Error::usage(format!("cannot read script `{}`: {error}", path.display()));
            if error.kind() == std::io::ErrorKind::NotFound {
                problem.message = format!("there is no script `{}`", path.display());
                problem.hint = crate::nearby::hint(path).or_else(|| looked_in(path));
            }
            Problem::new(problem)
        })?;
        let text =
            crate::bytes::written(bytes, &path.display().to_string()).map_err(Problem::new)?;
        self.compile(engine, &name, text.into())
    }

    /// A script of the standard library, compiled once.
    pub(crate) fn embedded(&self, engine: &Engine, module: &Module) -> Result<Script, Problem> {
        let name = module.file();
        if let Some(known) = self.scripts().get(&name) {
            return Ok(known.clone());
        }
        self.compile(engine, &name, module.text.into())
    }

    /// Compiles a script that is not a file: the standard library's, the command line's.
    pub(crate) fn compile(
        &self,
        engine: &Engine,
        name: &Arc<str>,
        text: Arc<str>,
    ) -> Result<Script, Problem> {
        if let Some(problem) = unclosed(engine, name, &text) {
            return Err(problem);
        }
        let mut ast = engine.compile(&*text).map_err(|error| unparsable(&error, name, &text))?;
        ast.set_source(&**name);
        let script = Script { name: Arc::clone(name), text, ast: Arc::new(ast) };
        {
            let mut closures = self.closures();
            for function in script.ast.iter_functions().filter(|it| it.name.starts_with("anon$")) {
                closures.entry(function.name.to_owned()).or_default().push(Arc::clone(name));
            }
        }
        self.scripts().insert(Arc::clone(name), script.clone());
        Ok(script)
    }

    /// The script in which a closure stands, other than the one that calls it.
    pub(crate) fn script_of(&self, closure: &str, caller: Option<&str>) -> Option<Script> {
        let file = self.file_of(closure, caller)?;
        self.scripts().get(&file).cloned()
    }

    /// The file in which a closure stands, other than the one that calls it. Its name is a hash of its
    /// text and place.
    pub(crate) fn file_of(&self, closure: &str, caller: Option<&str>) -> Option<Arc<str>> {
        let closures = self.closures();
        let files = closures.get(closure)?;
        if files.iter().any(|file| Some(&**file) == caller) {
            return None;
        }
        files.first().cloned()
    }

    /// The text of a script, for excerpts.
    pub(crate) fn text(&self, name: &str) -> Option<Arc<str>> {
        self.scripts().get(name).map(|script| Arc::clone(&script.text))
    }

    fn closures(&self) -> std::sync::MutexGuard<'_, HashMap<String, Vec<Arc<str>>>> {
        self.closures.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn scripts(&self) -> std::sync::MutexGuard<'_, HashMap<Arc<str>, Script>> {
        self.scripts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Where a relative path begins: who stands in another folder sees that.
fn looked_in(path: &Path) -> Option<String> {
    let here = std::env::current_dir().ok().filter(|_| path.is_relative())?;
    Some(format!("looked in `{}`; --chdir DIR works in another folder", here.display()))
}

/// The scripts in the folders `definitions` of a project: they define operations and facts.
pub(crate) fn definition_files(folders: &[PathBuf]) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for folder in folders {
        let folder = if folder == Path::new(".") { PathBuf::new() } else { folder.clone() };
        let entries = std::fs::read_dir(folder.join("definitions")).into_iter().flatten().flatten();
        let mut own: Vec<PathBuf> = entries
            .map(|entry| entry.path())
            .filter(|path| path.extension().is_some_and(|it| it == "rhai"))
            .collect();
        own.sort();
        files.extend(own);
    }
    files
}

/// Where a script is that another one names: beside it, or in the working directory.
pub(super) fn find_script(project: &Project, path: &str, from: &str) -> Option<PathBuf> {
    let beside = Path::new(from).parent().map(|folder| folder.join(path));
    let own = beside.filter(|it| it.is_file());
    if path.starts_with("./") || path.starts_with("../") {
        return own;
    }
    let here = PathBuf::from(path);
    let found = if here.is_file() { Some(here) } else { own };
    found.or_else(|| project.locate(path).filter(|it| it.is_file()))
}
