//! What the controller has for a run, the same for all its hosts: the project's own files, which `files.put` and
//! templates read and which are looked at once, and the time at which it began.

mod embedded;
mod tree;

use std::collections::HashMap;
use std::fs;
use std::io::{Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use sha1::Digest;

use crate::bytes::{hexadecimal, sha1_of};
use crate::command::Content;
use crate::error::{Error, Result};

pub use tree::{Exclusion, LocalBody, LocalEntry, LocalTree};

/// Files up to this size are held in memory; larger ones are read again while they are sent.
const IN_MEMORY: u64 = 256 * 1024;

/// The folders in which project files are looked for, and the time.
#[derive(Debug)]
pub struct Project {
    folders: Vec<PathBuf>,
    started: jiff::Timestamp,
    files: Mutex<HashMap<PathBuf, Looked<LocalFile>>>,
    trees: Mutex<HashMap<(PathBuf, Exclusion), Looked<LocalTree>>>,
}

/// What was found on the controller, once for the whole run.
type Looked<T> = Result<Arc<T>>;

/// One file on the controller.
#[derive(Debug)]
pub struct LocalFile {
    /// Where it is.
    pub path: PathBuf,
    /// Its size in bytes.
    pub size: u64,
    /// Its permission bits.
    pub mode: u32,
    /// When it was last changed, in seconds since 1970.
    pub mtime: i64,
    /// When it was last read, in seconds since 1970.
    pub atime: i64,
    /// SHA-1 of its bytes, in hexadecimal.
    pub sha1: String,
    bytes: Option<Arc<[u8]>>,
    text: OnceLock<Option<Arc<str>>>,
}

/// The time; `SOURCE_DATE_EPOCH` sets it, as it does for builds that are to be reproducible.
pub(crate) fn now() -> jiff::Timestamp {
    std::env::var("SOURCE_DATE_EPOCH")
        .ok()
        .and_then(|text| jiff::Timestamp::from_second(text.parse().ok()?).ok())
        .unwrap_or_else(jiff::Timestamp::now)
}

impl Default for Project {
    /// One without folders.
    fn default() -> Self {
        Self::new(Vec::new())
    }
}

impl Project {
    /// Looks for relative paths in these folders, in order; the time is now.
    pub fn new(folders: Vec<PathBuf>) -> Self {
        Self::at(folders, now())
    }

    /// The same for a run that counts as begun at another time.
    pub(crate) fn at(folders: Vec<PathBuf>, started: jiff::Timestamp) -> Self {
        Self { folders, started, files: Mutex::default(), trees: Mutex::default() }
    }

    /// When the run began: the same for all hosts, in the plan and in the run.
    pub(crate) fn started(&self) -> jiff::Timestamp {
        self.started
    }

    /// Where a path of the project is. A path that starts with `~/` is in the home directory.
    pub fn locate(&self, path: &str) -> Option<PathBuf> {
        self.candidates(path).into_iter().find(|it| it.exists())
    }

    /// Whether there is a file of that path, in the project or in the standard library.
    pub(crate) fn has(&self, path: &str) -> bool {
        self.locate(path).is_some() || embedded::template(path).is_some()
    }

    /// The folders in which relative paths are looked for.
    pub fn folders(&self) -> &[PathBuf] {
        &self.folders
    }

    /// A file, read once.
    pub fn file(&self, path: &str) -> Result<Arc<LocalFile>> {
        let Some(found) = self.locate(path) else {
            let embedded = embedded::template(path);
            return embedded
                .map(|text| Arc::new(LocalFile::embedded(path, text)))
                .ok_or_else(|| self.missing(path));
        };
        let mut files = self.files.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = files.get(&found) {
            return known.clone();
        }
        let file = LocalFile::read(&found).map(Arc::new);
        files.insert(found, file.clone());
        file
    }

    /// A directory with all that is below it, looked at once.
    pub fn tree(&self, path: &str, exclusion: &Exclusion) -> Result<Arc<LocalTree>> {
        let Some(found) = self.locate(path) else {
            return Err(self.missing(path));
        };
        let mut trees = self.trees.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (found, exclusion.clone());
        if let Some(known) = trees.get(&key) {
            return known.clone();
        }
        let tree = LocalTree::read(&key.0, exclusion).map(Arc::new);
        trees.insert(key, tree.clone());
        tree
    }

    /// The error for a file that is not there.
    pub(crate) fn missing(&self, path: &str) -> Error {
        let places: Vec<_> =
            self.candidates(path).iter().map(|it| it.display().to_string()).collect();
        Error::usage(format!("there is no local file `{path}`"))
            .hint(format!("looked for {}", places.join(", ")))
    }

    /// Forgets what was read: the script may have changed it on the controller.
    pub fn forget(&self) {
        self.files.lock().unwrap_or_else(PoisonError::into_inner).clear();
        self.trees.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    fn candidates(&self, path: &str) -> Vec<PathBuf> {
        if let Some(rest) = path.strip_prefix("~/")
            && let Some(home) = std::env::home_dir()
        {
            return vec![home.join(rest)];
        }
        if Path::new(path).is_absolute() || self.folders.is_empty() {
            return vec![PathBuf::from(path)];
        }
        self.folders.iter().map(|folder| folder.join(path)).collect()
    }
}

impl LocalFile {
    fn read(path: &Path) -> Result<Self> {
        use std::os::unix::fs::MetadataExt;
        let trouble = |error: std::io::Error| {
            Error::usage(format!("cannot read local file `{}`: {error}", path.display()))
        };
        let about = fs::metadata(path).map_err(trouble)?;
        if about.is_dir() {
            return Err(Error::usage(format!("`{}` is a directory, not a file", path.display()))
                .hint("files.sync copies directories"));
        }
        let (bytes, sha1) = if about.len() <= IN_MEMORY {
            let bytes = fs::read(path).map_err(trouble)?;
            let sha1 = hexadecimal(&sha1::Sha1::digest(&bytes));
            (Some(Arc::from(bytes)), sha1)
        } else {
            (None, digest_of(path).map_err(trouble)?)
        };
        Ok(Self {
            path: path.to_owned(),
            size: about.len(),
            mode: about.mode() & 0o7777,
            mtime: about.mtime(),
            atime: about.atime(),
            sha1,
            bytes,
            text: OnceLock::new(),
        })
    }

    /// A file of the standard library.
    fn embedded(path: &str, text: &'static str) -> Self {
        Self {
            path: PathBuf::from(path),
            size: text.len() as u64,
            mode: 0o644,
            mtime: 0,
            atime: 0,
            sha1: sha1_of(text.as_bytes()),
            bytes: Some(Arc::from(text.as_bytes())),
            text: OnceLock::from(Some(Arc::from(text))),
        }
    }

    /// The bytes, for sending.
    pub fn content(&self) -> Content {
        self.bytes.as_ref().map_or_else(
            || Content::File { path: self.path.clone(), size: self.size },
            |it| Content::Bytes(Arc::clone(it)),
        )
    }

    /// The text; `None` where it is not UTF-8, or larger than a diff is useful for.
    pub fn text(&self) -> Option<Arc<str>> {
        let text = self.text.get_or_init(|| {
            let bytes = self.bytes.as_ref()?;
            std::str::from_utf8(bytes).ok().map(Arc::from)
        });
        text.clone()
    }
}

/// The folder of a script; the working directory for one without.
pub(crate) fn folder_of(path: &Path) -> PathBuf {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder.to_owned(),
        _ => PathBuf::from("."),
    }
}

pub(crate) fn digest_of(path: &Path) -> std::io::Result<String> {
    let mut file = fs::File::open(path)?;
    let mut digest = sha1::Sha1::new();
    let mut chunk = vec![0; 64 * 1024];
    loop {
        let read = file.read(&mut chunk)?;
        if read == 0 {
            return Ok(hexadecimal(&digest.finalize()));
        }
        digest.update(chunk.get(..read).unwrap_or_default());
    }
}

/// The same as [`write_atomically`], for a file whose folder need not be there.
pub(crate) fn write_with_folder(path: &Path, bytes: &[u8], mode: u32) -> Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(|error| {
            Error::failed(format!("cannot create local folder `{}`: {error}", folder.display()))
        })?;
    }
    write_atomically(path, bytes, mode)
}

/// Writes a file on the controller: all of it, or nothing. A file that is there keeps its permissions, a new one gets
/// `mode`, as far as the umask lets it.
pub(crate) fn write_atomically(path: &Path, bytes: &[u8], mode: u32) -> Result<()> {
    // Several hosts may fetch to one path at once.
    static WRITTEN: AtomicUsize = AtomicUsize::new(0);
    let trouble = |error: std::io::Error| {
        Error::failed(format!("cannot write local file `{}`: {error}", path.display()))
    };
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let number = WRITTEN.fetch_add(1, Ordering::Relaxed);
    let temporary = path.with_file_name(format!(".{name}.infra-{}-{number}", std::process::id()));
    let write = || {
        let mut options = fs::OpenOptions::new();
        let mut file = options.write(true).create_new(true).mode(mode).open(&temporary)?;
        if let Ok(now) = fs::metadata(path) {
            file.set_permissions(now.permissions())?;
        }
        file.write_all(bytes)?;
        fs::rename(&temporary, path)
    };
    write().inspect_err(|_| drop(fs::remove_file(&temporary))).map_err(trouble)
}
