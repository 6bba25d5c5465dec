//! A directory of the project with all that is below it, for `files.sync`. Like single files, it is
//! looked at once per run; what is in its files is read only where that matters.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use super::digest_of;
use crate::bytes::decode;
use crate::error::{Error, Result};
use crate::pattern::Patterns;

/// A directory on the controller.
#[derive(Debug)]
pub struct LocalTree {
    /// Its permission bits.
    pub mode: u32,
    /// What is below it, by relative path; a directory comes before what is in it.
    pub entries: BTreeMap<String, LocalEntry>,
}

/// Something in such a directory.
#[derive(Debug)]
pub struct LocalEntry {
    /// Where it is.
    pub path: PathBuf,
    /// Its permission bits.
    pub mode: u32,
    /// What it is.
    pub body: LocalBody,
}

/// What something in a directory is.
#[derive(Debug)]
pub enum LocalBody {
    /// A directory.
    Directory,
    /// A link to this; it is not followed.
    Link(String),
    /// A file.
    File {
        /// Its size in bytes.
        size: u64,
        /// Its SHA-1, once that was needed.
        sha1: OnceLock<Result<String>>,
        /// Its text, once that was needed; `None` where it is not UTF-8.
        text: OnceLock<Result<Option<Arc<str>>>>,
    },
}

/// What of a directory is left out: as if it were not there.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Exclusion {
    /// Files and links, by name or by relative path.
    pub files: Patterns,
    /// Directories with all that is in them, by relative path.
    pub directories: Patterns,
}

impl Exclusion {
    /// Whether a file or link is left out for its name.
    pub fn has_file(&self, path: &str) -> bool {
        let name = path.rsplit_once('/').map_or(path, |(_, name)| name);
        self.files.matches(name)
            || self.files.matches(path)
            || self.files.matches(&format!("/{path}"))
    }
}

impl LocalTree {
    /// Looks at all that is below `path`.
    pub(super) fn read(path: &Path, exclusion: &Exclusion) -> Result<Self> {
        let about = fs::metadata(path).map_err(|error| trouble(path, &error))?;
        if !about.is_dir() {
            return Err(Error::usage(format!("`{}` is not a directory", path.display()))
                .hint("files.put copies single files"));
        }
        let mut tree = Self { mode: about.mode() & 0o7777, entries: BTreeMap::new() };
        tree.walk(path, "", exclusion)?;
        Ok(tree)
    }

    fn walk(&mut self, folder: &Path, prefix: &str, exclusion: &Exclusion) -> Result<()> {
        for found in fs::read_dir(folder).map_err(|error| trouble(folder, &error))? {
            let path = found.map_err(|error| trouble(folder, &error))?.path();
            let name = decode(path.file_name().unwrap_or_default().as_bytes());
            let relative = format!("{prefix}{name}");
            let about = fs::symlink_metadata(&path).map_err(|error| trouble(&path, &error))?;
            let excluded = if about.is_dir() {
                exclusion.directories.matches(&relative)
            } else {
                exclusion.has_file(&relative)
            };
            if excluded {
                continue;
            }
            let body = if about.is_dir() {
                self.walk(&path, &format!("{relative}/"), exclusion)?;
                LocalBody::Directory
            } else if about.is_symlink() {
                let target = fs::read_link(&path).map_err(|error| trouble(&path, &error))?;
                LocalBody::Link(decode(target.as_os_str().as_bytes()))
            } else if about.is_file() {
                let size = about.len();
                LocalBody::File { size, sha1: OnceLock::new(), text: OnceLock::new() }
            } else {
                return Err(Error::usage(format!(
                    "`{}` is neither file, directory nor link",
                    path.display()
                ))
                .hint("`exclude` leaves it out"));
            };
            let mode = about.mode() & 0o7777;
            self.entries.insert(relative, LocalEntry { path, mode, body });
        }
        Ok(())
    }
}

impl LocalEntry {
    /// The size of a file.
    pub fn size(&self) -> Option<u64> {
        match &self.body {
            LocalBody::File { size, .. } => Some(*size),
            LocalBody::Directory | LocalBody::Link(_) => None,
        }
    }

    /// The SHA-1 of a file.
    pub fn sha1(&self) -> Result<Option<&str>> {
        let LocalBody::File { sha1, .. } = &self.body else { return Ok(None) };
        let sum = sha1.get_or_init(|| digest_of(&self.path).map_err(|it| trouble(&self.path, &it)));
        sum.as_ref().map(|it| Some(it.as_str())).map_err(Clone::clone)
    }

    /// The text of a file; `None` where it is none.
    pub fn text(&self) -> Result<Option<Arc<str>>> {
        let LocalBody::File { text, .. } = &self.body else { return Ok(None) };
        let read = || {
            let bytes = fs::read(&self.path).map_err(|it| trouble(&self.path, &it))?;
            Ok(String::from_utf8(bytes).ok().map(Arc::from))
        };
        text.get_or_init(read).clone()
    }
}

fn trouble(path: &Path, error: &std::io::Error) -> Error {
    Error::usage(format!("cannot read local `{}`: {error}", path.display()))
}
