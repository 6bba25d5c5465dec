//! Places in scripts, and mistakes at them.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::error::Error;

/// A place in a script.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Place {
    /// The script, as the user named it.
    pub file: Arc<str>,
    /// Line, from 1; 0 where the place is the whole file.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.line == 0 {
            return f.write_str(&self.file);
        }
        write!(f, "{}:{}:{}", self.file, self.line, self.column)
    }
}

/// A mistake at a place.
#[derive(Clone, Debug)]
pub struct Problem {
    /// What is wrong, and the way out.
    pub error: Error,
    /// Where; `None` for the command line.
    pub place: Option<Place>,
    /// The text of the file, for an excerpt.
    pub source: Option<Arc<str>>,
    /// How many characters from the place on are meant; 0 where that is not known.
    pub width: usize,
    /// Where in the standard library it was found, when the place is the call that led there.
    pub inside: Option<Box<Place>>,
    /// The calls that led there, the innermost first.
    pub calls: Vec<Place>,
    /// The host on which it showed; `None` where it is the same on all.
    pub host: Option<String>,
}

impl Problem {
    /// A mistake without a place.
    pub fn new(error: Error) -> Self {
        Self {
            error,
            place: None,
            source: None,
            width: 0,
            inside: None,
            calls: Vec::new(),
            host: None,
        }
    }

    /// A mistake at a place.
    pub fn at(error: Error, place: Place, source: Option<Arc<str>>) -> Self {
        Self { place: Some(place), source, ..Self::new(error) }
    }
}

/// The path as the user would write it: relative to the working directory where it is below it.
pub(crate) fn shown(path: &Path) -> String {
    let here = std::env::current_dir().unwrap_or_default();
    let path = path.strip_prefix(&here).unwrap_or(path);
    let tidy: PathBuf = path.components().filter(|it| it.as_os_str() != ".").collect();
    tidy.display().to_string()
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        Self::new(error)
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(place) = &self.place {
            write!(f, "{place}: ")?;
        }
        write!(f, "{}", self.error)?;
        if let Some(hint) = &self.error.hint {
            write!(f, " ({hint})")?;
        }
        Ok(())
    }
}
