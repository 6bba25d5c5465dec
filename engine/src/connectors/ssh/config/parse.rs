//! From the text of a configuration to its lines.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::super::expand_home;
use super::glob;
use crate::connectors::process::ConnectError;

/// How deep files may include one another, as in OpenSSH.
const DEEPEST_INCLUDE: usize = 16;

/// The criteria of `Match` that take an argument, those of OpenSSH up to 10.
const CRITERIA: [&str; 10] = [
    "host",
    "originalhost",
    "user",
    "localuser",
    "exec",
    "tagged",
    "localnetwork",
    "command",
    "sessiontype",
    "version",
];

/// One configuration file, what it includes read in.
#[derive(Debug, Default)]
pub(in super::super) struct File {
    pub(super) lines: Vec<Line>,
}

/// One line and where it stands.
#[derive(Debug)]
pub(super) struct Line {
    pub(super) path: Arc<Path>,
    pub(super) number: usize,
    pub(super) content: Content,
}

/// What a line says.
#[derive(Debug)]
pub(super) enum Content {
    /// `Host` and its patterns.
    Host(Vec<String>),
    /// `Match` and its criteria.
    Match(Vec<Criterion>),
    /// `Include` and the files it named.
    Include(Vec<File>),
    /// Any other keyword in lower case, its arguments, and the same arguments as they were written.
    Setting { keyword: String, arguments: Vec<String>, text: String },
}

/// One criterion of `Match`, possibly negated.
#[derive(Debug)]
pub(super) struct Criterion {
    pub(super) negated: bool,
    /// In lower case: one of [`CRITERIA`], `all`, `final` or `canonical`.
    pub(super) name: String,
    /// The patterns or the command; empty for those without.
    pub(super) argument: String,
}

/// Reads `path`; `folder` is where relative includes are looked for.
pub(in super::super) fn read(
    path: &Path,
    folder: &Path,
    home: &Path,
) -> Result<File, ConnectError> {
    Reader { folder, home }.file(path, 0)
}

struct Reader<'a> {
    folder: &'a Path,
    home: &'a Path,
}

impl Reader<'_> {
    fn file(&self, path: &Path, depth: usize) -> Result<File, ConnectError> {
        let bytes = std::fs::read(path).map_err(|error| {
            ConnectError::new(format!("cannot read ssh config {}: {error}", path.display()))
                .hint("name another file with ssh_config_file, or unset it")
        })?;
        let text = String::from_utf8_lossy(&bytes);
        let path: Arc<Path> = Arc::from(path);
        let mut lines = Vec::new();
        for (index, text) in text.lines().enumerate() {
            let at = Place { path: &path, number: index + 1 };
            let Some((keyword, rest)) = split_keyword(text) else { continue };
            let content = self.content(&at, keyword, rest, depth)?;
            lines.push(Line { path: Arc::clone(&path), number: at.number, content });
        }
        Ok(File { lines })
    }

    fn content(
        &self,
        at: &Place<'_>,
        keyword: String,
        rest: &str,
        depth: usize,
    ) -> Result<Content, ConnectError> {
        // A command belongs to the shell that will run it, quotes and all.
        let is_command = ["proxycommand", "localcommand", "remotecommand"].contains(&&*keyword);
        let arguments = if is_command {
            vec![rest.to_owned()]
        } else {
            split_arguments(rest).map_err(|problem| at.error(problem))?
        };
        match keyword.as_str() {
            "host" if arguments.is_empty() => Err(at.error("Host needs a pattern")),
            "host" => Ok(Content::Host(arguments)),
            "match" => {
                criteria(&arguments).map(Content::Match).map_err(|problem| at.error(&problem))
            }
            "include" if depth >= DEEPEST_INCLUDE => {
                Err(at.error("files include one another too deeply"))
            }
            "include" => self.include(&arguments, depth),
            _ => Ok(Content::Setting { keyword, arguments, text: rest.to_owned() }),
        }
    }

    /// Files that do not exist or cannot be read are passed over, as `ssh` does.
    fn include(&self, names: &[String], depth: usize) -> Result<Content, ConnectError> {
        let mut files = Vec::new();
        for name in names {
            let path: PathBuf = self.folder.join(expand_home(name, self.home));
            for path in glob::expand(&path) {
                if std::fs::File::open(&path).is_ok() && !path.is_dir() {
                    files.push(self.file(&path, depth + 1)?);
                }
            }
        }
        Ok(Content::Include(files))
    }
}

struct Place<'a> {
    path: &'a Path,
    number: usize,
}

impl Place<'_> {
    fn error(&self, problem: &str) -> ConnectError {
        ConnectError::new(format!(
            "ssh config {}, line {}: {problem}",
            self.path.display(),
            self.number
        ))
    }
}

/// The keyword in lower case and what follows it; nothing for empty lines and comments.
fn split_keyword(line: &str) -> Option<(String, &str)> {
    let line = line.trim();
    if line.is_empty() || line.starts_with('#') {
        return None;
    }
    let end = line.find(|letter: char| letter.is_whitespace() || letter == '=');
    let (keyword, rest) = line.split_at(end.unwrap_or(line.len()));
    let rest = rest.trim_start();
    let rest = rest.strip_prefix('=').unwrap_or(rest).trim_start();
    Some((keyword.trim_matches('"').to_ascii_lowercase(), rest))
}

/// Words, with quotes and escapes taken off; a word that begins with `#` ends the line.
fn split_arguments(text: &str) -> Result<Vec<String>, &'static str> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote: Option<char> = None;
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        let escaped = letters.peek().copied().filter(|next| {
            letter == '\\'
                && (['"', '\'', '\\'].contains(next) || (quote.is_none() && *next == ' '))
        });
        match letter {
            _ if escaped.is_some() => {
                word.get_or_insert_default().extend(escaped);
                letters.next();
            }
            _ if quote == Some(letter) => quote = None,
            '"' | '\'' if quote.is_none() => {
                quote = Some(letter);
                word.get_or_insert_default();
            }
            '#' if quote.is_none() && word.is_none() => break,
            _ if quote.is_none() && letter.is_whitespace() => words.extend(word.take()),
            _ => word.get_or_insert_default().push(letter),
        }
    }
    if quote.is_some() {
        return Err("a quote is not closed");
    }
    words.extend(word);
    Ok(words)
}

fn criteria(arguments: &[String]) -> Result<Vec<Criterion>, String> {
    let mut found = Vec::new();
    let mut words = arguments.iter();
    while let Some(word) = words.next() {
        let (negated, word) = match word.strip_prefix('!') {
            Some(word) => (true, word),
            None => (false, word.as_str()),
        };
        let (name, attached) = match word.split_once('=') {
            Some((name, argument)) => (name, Some(argument.to_owned())),
            None => (word, None),
        };
        let name = name.to_ascii_lowercase();
        let argument = match name.as_str() {
            "all" | "final" | "canonical" => String::new(),
            name if CRITERIA.contains(&name) => attached
                .or_else(|| words.next().cloned())
                .ok_or_else(|| format!("Match {name} needs an argument"))?,
            _ => return Err(format!("Match does not know {name}")),
        };
        found.push(Criterion { negated, name, argument });
    }
    if found.is_empty() {
        return Err("Match needs a criterion".to_owned());
    }
    Ok(found)
}
