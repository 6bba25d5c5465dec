//! `known_hosts`: which keys belong to which hosts.
//!
//! Source: `sshd(8)`, section "`SSH_KNOWN_HOSTS` FILE FORMAT". Every file is read once per run and
//! indexed by name; only hashed names cost a computation per question. Lines that cannot be
//! understood are passed over, as `ssh` does.

use std::collections::HashMap;
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use hmac::{Hmac, KeyInit as _, Mac as _};
use russh::keys::PublicKey;
use russh::keys::ssh_key::public::KeyData;
use sha1::Sha1;

use super::pattern;

/// What a line says about its key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Marker {
    /// The key is a host's own.
    Host,
    /// The key signs certificates of hosts.
    Authority,
    /// The key must never be accepted.
    Revoked,
}

/// One line.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) marker: Marker,
    pub(super) key: KeyData,
    pub(super) path: Arc<Path>,
    /// Counted from 1.
    pub(super) line: usize,
}

/// The files that this run has read, and what it has added to them.
#[derive(Debug, Default)]
pub(super) struct KnownHosts {
    files: Mutex<HashMap<PathBuf, Arc<Index>>>,
    added: Mutex<Vec<(String, Entry)>>,
}

impl KnownHosts {
    /// Every line of `paths` that speaks of `name`, in order. A missing file has no lines.
    pub(super) fn find(&self, paths: &[PathBuf], name: &str) -> Vec<Entry> {
        let mut found: Vec<Entry> =
            paths.iter().flat_map(|path| self.index(path).find(name)).collect();
        let added = self.added.lock().unwrap_or_else(PoisonError::into_inner);
        let mine = added.iter().filter(|(known, entry)| {
            known == name && paths.iter().any(|path| **path == *entry.path)
        });
        found.extend(mine.map(|(_, entry)| entry.clone()));
        found
    }

    /// Appends a line for `name`, once however many hosts of the run ask for it at the same time.
    pub(super) fn add(
        &self,
        path: &Path,
        name: &str,
        key: &PublicKey,
        hashed: bool,
    ) -> std::io::Result<()> {
        let mut added = self.added.lock().unwrap_or_else(PoisonError::into_inner);
        let known = |(known, entry): &(String, Entry)| {
            known == name && entry.key == *key.key_data() && *entry.path == *path
        };
        if added.iter().any(known) {
            return Ok(());
        }
        let shown = if hashed { hash_name(name)? } else { name.to_owned() };
        let bare = PublicKey::new(key.key_data().clone(), "");
        let key_text = bare.to_openssh().map_err(std::io::Error::other)?;
        append(path, &format!("{shown} {}\n", key_text.trim_end()))?;
        let (marker, key) = (Marker::Host, key.key_data().clone());
        added.push((name.to_owned(), Entry { marker, key, path: Arc::from(path), line: 0 }));
        Ok(())
    }

    fn index(&self, path: &Path) -> Arc<Index> {
        let mut files = self.files.lock().unwrap_or_else(PoisonError::into_inner);
        let read = || Arc::new(Index::read(path));
        Arc::clone(files.entry(path.to_owned()).or_insert_with(read))
    }
}

/// The name of a host in `known_hosts`: bare at the usual port, `[name]:port` at any other.
pub(super) fn name_at(host: &str, port: u16) -> String {
    let host = host.to_lowercase();
    if port == 22 { host } else { format!("[{host}]:{port}") }
}

/// One line, in one write, after the end of the line before it.
fn append(path: &Path, line: &str) -> std::io::Result<()> {
    if let Some(folder) = path.parent().filter(|folder| !folder.exists()) {
        make_private_folder(folder)?;
    }
    let mut options = std::fs::OpenOptions::new();
    options.read(true).append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    let mut last = [b'\n'];
    if file.metadata()?.len() > 0 {
        file.seek(SeekFrom::End(-1))?;
        file.read_exact(&mut last)?;
    }
    let line = if last == [b'\n'] { line.to_owned() } else { format!("\n{line}") };
    file.write_all(line.as_bytes())
}

fn make_private_folder(folder: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

#[derive(Debug, Default)]
struct Index {
    entries: Vec<Entry>,
    plain: HashMap<String, Vec<usize>>,
    /// Lists with a wildcard or a refusal, in lower case.
    patterns: Vec<(Vec<String>, usize)>,
    hashed: Vec<(HashedName, usize)>,
}

#[derive(Debug)]
struct HashedName {
    salt: Vec<u8>,
    hash: Vec<u8>,
}

impl Index {
    fn read(path: &Path) -> Self {
        let bytes = std::fs::read(path).unwrap_or_default();
        Self::parse(&String::from_utf8_lossy(&bytes), path)
    }

    fn parse(text: &str, path: &Path) -> Self {
        let path: Arc<Path> = Arc::from(path);
        let mut index = Self::default();
        for (number, line) in text.lines().enumerate() {
            // A bad line must not hide the good ones after it.
            let _ = index.add(line, &path, number + 1);
        }
        index
    }

    /// Nothing for an empty line, a comment, or one that cannot be understood.
    fn add(&mut self, line: &str, path: &Arc<Path>, number: usize) -> Option<()> {
        let mut words = line.split_ascii_whitespace().peekable();
        let marker = match *words.peek()? {
            word if word.starts_with('#') => return None,
            "@cert-authority" => Marker::Authority,
            "@revoked" => Marker::Revoked,
            word if word.starts_with('@') => return None,
            _ => Marker::Host,
        };
        if marker != Marker::Host {
            words.next();
        }
        let names = words.next()?;
        let (kind, blob) = (words.next()?, words.next()?);
        let key = PublicKey::from_openssh(&format!("{kind} {blob}")).ok()?.key_data().clone();
        let at = self.entries.len();
        if names.starts_with('|') {
            self.hashed.push((HashedName::parse(names)?, at));
        } else if names.contains(['*', '?', '!']) {
            let names = names.to_lowercase();
            self.patterns.push((names.split(',').map(str::to_owned).collect(), at));
        } else {
            for name in names.to_lowercase().split(',') {
                self.plain.entry(name.to_owned()).or_default().push(at);
            }
        }
        self.entries.push(Entry { marker, key, path: Arc::clone(path), line: number });
        Some(())
    }

    fn find(&self, name: &str) -> Vec<Entry> {
        let mut found: Vec<usize> = self.plain.get(name).cloned().unwrap_or_default();
        let lists = self
            .patterns
            .iter()
            .filter(|(list, _)| pattern::matches_list(name, list.iter().map(String::as_str)));
        found.extend(lists.map(|(_, at)| *at));
        found.extend(self.hashed.iter().filter(|(hashed, _)| hashed.is(name)).map(|(_, at)| *at));
        found.sort_unstable();
        found.dedup();
        found.into_iter().filter_map(|at| self.entries.get(at).cloned()).collect()
    }
}

impl HashedName {
    fn parse(text: &str) -> Option<Self> {
        let (salt, hash) = text.strip_prefix("|1|")?.split_once('|')?;
        Some(Self { salt: BASE64.decode(salt).ok()?, hash: BASE64.decode(hash).ok()? })
    }

    fn is(&self, name: &str) -> bool {
        name_hash(&self.salt, name).is_some_and(|hash| hash == self.hash)
    }
}

fn name_hash(salt: &[u8], name: &str) -> Option<Vec<u8>> {
    let mut mac = Hmac::<Sha1>::new_from_slice(salt).ok()?;
    mac.update(name.as_bytes());
    Some(mac.finalize().into_bytes().to_vec())
}

/// `|1|salt|hash`, as `HashKnownHosts` wants it.
fn hash_name(name: &str) -> std::io::Result<String> {
    let mut salt = [0_u8; 20];
    getrandom::fill(&mut salt).map_err(std::io::Error::other)?;
    let hash = name_hash(&salt, name).unwrap_or_default();
    Ok(format!("|1|{}|{}", BASE64.encode(salt), BASE64.encode(hash)))
}

#[cfg(test)]
mod tests;
