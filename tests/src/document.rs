//! Markdown files with cases in them: a heading starts a case, fenced blocks hold its parts, and lines
//! such as `kind: full` outside of blocks are its notes. All other text is for the reader.

use std::collections::BTreeMap;
use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};

use crate::Outcome;

/// A file with cases.
#[derive(Clone, Debug)]
pub struct Document {
    /// Where it is.
    pub path: PathBuf,
    /// Its path below the folder it was found in, without `.md`: `server/user`.
    pub name: String,
    /// Its cases in order.
    pub cases: Vec<Case>,
}

/// One case.
#[derive(Clone, Debug, Default)]
pub struct Case {
    /// The file that it is in.
    pub path: PathBuf,
    /// The heading: what it shows.
    pub title: String,
    /// The `name: value` lines.
    pub notes: BTreeMap<String, String>,
    /// The fenced blocks in order.
    pub blocks: Vec<Block>,
}

/// One fenced block.
#[derive(Clone, Debug)]
pub struct Block {
    /// The first word behind the fence: `rhai`.
    pub kind: String,
    /// The rest of that line.
    pub name: String,
    /// Its text, each line with a line break.
    pub text: String,
    /// Its lines in the file, without the fences.
    pub(crate) lines: Range<usize>,
}

/// The folder of that name below `tests/cases`.
pub fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("cases").join(name)
}

/// All documents below a folder of `tests/cases`, sorted by name. One that cannot be read is an error.
pub fn documents(below: &str) -> Outcome<Vec<Document>> {
    let root = folder(below);
    let mut paths = Vec::new();
    collect(&root, &mut paths)?;
    paths.sort();
    paths.iter().map(|path| Document::read(&root, path)).collect()
}

fn collect(folder: &Path, paths: &mut Vec<PathBuf>) -> Outcome {
    let entries = fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    for entry in entries {
        let path = entry.map_err(|error| format!("{}: {error}", folder.display()))?.path();
        if path.is_dir() {
            collect(&path, paths)?;
        } else if path.extension().is_some_and(|it| it == "md") {
            paths.push(path);
        }
    }
    Ok(())
}

impl Document {
    /// Reads a file below `root`.
    pub fn read(root: &Path, path: &Path) -> Outcome<Self> {
        let wrong = |what: &str| format!("{}: {what}", path.display());
        let text = fs::read_to_string(path).map_err(|error| wrong(&error.to_string()))?;
        let name = path.strip_prefix(root).unwrap_or(path).with_extension("");
        let mut cases: Vec<Case> = Vec::new();
        let mut open: Option<(String, Block)> = None;
        for (number, line) in text.lines().enumerate() {
            if let Some((fence, block)) = &mut open {
                if line == fence.as_str() {
                    block.lines.end = number;
                    let (_, block) = open.take().ok_or_else(|| wrong("unreadable"))?;
                    let case = cases.last_mut().ok_or_else(|| wrong("a block before a heading"))?;
                    case.blocks.push(block);
                } else {
                    block.text.push_str(line);
                    block.text.push('\n');
                }
                continue;
            }
            if line.starts_with("```") {
                open = Some(opened(line, number));
            } else if let Some(title) = line.strip_prefix("# ") {
                let (title, path) = (title.to_owned(), path.to_owned());
                if cases.iter().any(|case| case.title == title) {
                    return Err(wrong(&format!("two cases are called `{title}`")));
                }
                cases.push(Case { path, title, ..Case::default() });
            } else if let Some((key, value)) = note(line)
                && let Some(case) = cases.last_mut()
            {
                case.notes.insert(key.to_owned(), value.to_owned());
            }
        }
        match open {
            Some((fence, _)) => Err(wrong(&format!("a block that begins with {fence} never ends"))),
            None if cases.is_empty() => Err(wrong("it has no case")),
            None => Ok(Self { path: path.to_owned(), name: name.display().to_string(), cases }),
        }
    }
}

fn opened(line: &str, number: usize) -> (String, Block) {
    let info = line.trim_start_matches('`');
    let fence = line.chars().take_while(|it| *it == '`').collect();
    let (kind, name) = info.trim().split_once(' ').unwrap_or((info.trim(), ""));
    let start = number + 1;
    let (kind, name) = (kind.to_owned(), name.trim().to_owned());
    (fence, Block { kind, name, text: String::new(), lines: start..start })
}

fn note(line: &str) -> Option<(&str, &str)> {
    let (key, value) = line.split_once(": ")?;
    let is_key = !key.is_empty() && key.chars().all(|it| it.is_ascii_lowercase() || it == '-');
    is_key.then_some((key, value.trim()))
}

impl Case {
    /// The block of that kind, if there is one.
    pub fn block(&self, kind: &str) -> Option<&Block> {
        self.blocks.iter().find(|block| block.kind == kind)
    }

    /// The text of the block of that kind; empty where there is none.
    pub fn text(&self, kind: &str) -> &str {
        self.block(kind).map_or("", |block| &block.text)
    }

    /// The text of a block that must be there.
    pub fn required(&self, kind: &str) -> Outcome<&str> {
        match self.block(kind) {
            Some(block) => Ok(&block.text),
            None => Err(format!("the case has no block ```{kind}")),
        }
    }

    /// The block of that kind as a JSON object; an empty one where there is none.
    pub fn object(&self, kind: &str) -> Outcome<serde_json::Map<String, serde_json::Value>> {
        let Some(block) = self.block(kind) else { return Ok(serde_json::Map::new()) };
        serde_json::from_str(&block.text).map_err(|error| format!("```{kind} is no JSON: {error}"))
    }

    /// The note of that name.
    pub fn note(&self, name: &str) -> Option<&str> {
        self.notes.get(name).map(String::as_str)
    }

    /// That only these kinds of blocks and these notes are used: a typing mistake must not go unseen.
    pub fn only(&self, kinds: &[&str], notes: &[&str]) -> Outcome {
        if let Some(block) = self.blocks.iter().find(|it| !kinds.contains(&it.kind.as_str())) {
            return Err(format!("nothing reads the block ```{}; there is {kinds:?}", block.kind));
        }
        match self.notes.keys().find(|it| !notes.contains(&it.as_str())) {
            Some(note) => Err(format!("nothing reads the note `{note}:`; there is {notes:?}")),
            None => Ok(()),
        }
    }
}
