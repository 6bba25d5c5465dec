//! What differs between a local directory and one on the host.

mod commands;
mod showing;

use indexmap::IndexMap;

use super::super::force::join;
use super::super::mode::resolve;
use super::super::put::FileMode;
use super::{Sync, TreeEntries};
use crate::Result;
use crate::args::Mode;
use crate::error::Error;
use crate::facts::files::{EntryInfo, EntryKind, Info, TreeEntry};
use crate::project::{Exclusion, LocalBody, LocalEntry, LocalTree};

pub(super) use showing::{TEXT_LIMIT, local_text};

/// What differs. All paths are below the directory.
#[derive(Debug, Default)]
pub(super) struct Difference<'a> {
    /// What is missing or has other content, with its mode.
    pub(super) send: Vec<Parcel<'a>>,
    /// Directories that are missing.
    pub(super) new: Vec<(&'a str, u32)>,
    /// What is in the way, to be removed first.
    blocking: Vec<&'a str>,
    /// What is on the host only: the topmost paths.
    extra: Vec<&'a str>,
    /// Paths with another mode: what they have, what they should have.
    modes: Vec<(&'a str, u32, u32)>,
    /// Paths with another owner or group.
    owners: Vec<(&'a str, &'a Info)>,
    there: Option<&'a IndexMap<String, TreeEntry>>,
}

/// Something that is sent.
#[derive(Debug)]
pub(super) struct Parcel<'a> {
    pub(super) path: &'a str,
    pub(super) entry: &'a LocalEntry,
    pub(super) mode: u32,
    /// What it takes the place of.
    pub(super) instead_of: Option<&'a TreeEntry>,
}

impl<'a> Difference<'a> {
    pub(super) fn find(
        sync: &'a Sync,
        local: &'a LocalTree,
        there: Option<&'a IndexMap<String, TreeEntry>>,
        exclusion: &Exclusion,
    ) -> Result<Self> {
        let mut difference = Self { there, ..Self::default() };
        if let Some(root) = there.and_then(|it| it.get(".")) {
            difference.directory(sync, ".", local.mode, Some(root))?;
        }
        for (path, entry) in &local.entries {
            let found = there.and_then(|it| it.get(path));
            match &entry.body {
                LocalBody::Directory => difference.directory(sync, path, entry.mode, found)?,
                LocalBody::Link(_) | LocalBody::File { .. } => {
                    difference.file(sync, path, entry, found)?;
                }
            }
        }
        if sync.delete {
            difference.find_extra(local, exclusion);
        }
        Ok(difference)
    }

    fn directory(
        &mut self,
        sync: &'a Sync,
        path: &'a str,
        local: u32,
        found: Option<&'a TreeEntry>,
    ) -> Result<()> {
        match found {
            Some(found) if found.entry.kind == EntryKind::Directory => {
                let now = bits_of(found);
                self.compare(
                    sync,
                    path,
                    found,
                    now.map(|now| bits(sync.directory_mode(), now, true)),
                )
            }
            found => {
                if let Some(found) = found {
                    self.block(sync, path, found, "a directory")?;
                }
                self.new.push((path, bits(sync.directory_mode(), local, true)));
                Ok(())
            }
        }
    }

    fn file(
        &mut self,
        sync: &'a Sync,
        path: &'a str,
        entry: &'a LocalEntry,
        found: Option<&'a TreeEntry>,
    ) -> Result<()> {
        let is_file = found.is_some_and(|it| it.entry.kind == EntryKind::File);
        let now = found.filter(|_| is_file).and_then(bits_of);
        let wanted = match (&sync.mode, now) {
            (Some(FileMode::Mode(mode)), now) => bits(Some(mode), now.unwrap_or(entry.mode), false),
            (Some(FileMode::Any), Some(now)) => now,
            _ => entry.mode,
        };
        match found {
            Some(found) if is_same(entry, found)? => {
                return self.compare(sync, path, found, is_file.then_some(wanted));
            }
            Some(it) if it.entry.kind != EntryKind::File && it.entry.kind != EntryKind::Link => {
                let kind = if entry.size().is_some() { "a file" } else { "a link" };
                self.block(sync, path, it, kind)?;
            }
            _ => {}
        }
        self.send.push(Parcel { path, entry, mode: wanted, instead_of: found });
        Ok(())
    }

    /// Notes another owner or mode of what is there with the right content.
    fn compare(
        &mut self,
        sync: &'a Sync,
        path: &'a str,
        found: &'a TreeEntry,
        mode: Option<u32>,
    ) -> Result<()> {
        if sync.wanted().differs(path, &found.entry.info)? {
            self.owners.push((path, &found.entry.info));
        }
        if let (Some(wanted), Some(now)) = (mode, bits_of(found))
            && wanted != now
        {
            self.modes.push((path, now, wanted));
        }
        Ok(())
    }

    /// Something of another kind is at the path.
    fn block(&mut self, sync: &Sync, path: &'a str, found: &TreeEntry, wanted: &str) -> Result<()> {
        if sync.delete {
            self.blocking.push(path);
            return Ok(());
        }
        let kind = format!("{:?}", found.entry.kind).to_lowercase();
        let path = join(sync.dest(), path);
        Err(Error::failed(format!("{path} is a {kind} on the host, and {wanted} here"))
            .hint("remove it, or let `delete: true` replace it"))
    }

    /// Finds what is on the host only. Of a directory that goes as a whole, only itself is named.
    fn find_extra(&mut self, local: &LocalTree, exclusion: &Exclusion) {
        let Some(there) = self.there else { return };
        let is_excluded = |path: &str, it: &TreeEntry| {
            if it.entry.kind == EntryKind::Directory {
                exclusion.directories.matches(path)
            } else {
                exclusion.has_file(path)
            }
        };
        let mut kept: Vec<&str> = Vec::new();
        for (path, it) in there {
            if is_excluded(path, it) {
                kept.extend(std::iter::successors(Some(path.as_str()), |it| folder(it)));
            }
        }
        kept.sort_unstable();
        let stays = |path: &str| {
            path == "."
                || local.entries.contains_key(path)
                || kept.binary_search(&path).is_ok()
                || std::iter::successors(folder(path), |it| folder(it))
                    .any(|it| there.get(it).is_some_and(|entry| is_excluded(it, entry)))
        };
        let mut extra: Vec<&str> =
            there.keys().map(String::as_str).filter(|path| !stays(path)).collect();
        extra.sort_unstable();
        let gone: std::collections::HashSet<&str> =
            extra.iter().chain(&self.blocking).copied().collect();
        let above = |path: &str| folder(path).is_some_and(|it| gone.contains(it));
        self.extra = extra.into_iter().filter(|path| !above(path)).collect();
    }

    /// What will be gone.
    pub(super) fn removed(&self) -> impl Iterator<Item = &'a str> {
        let new = self.send.iter().map(|it| it.path);
        let new: Vec<&str> = new.chain(self.new.iter().map(|(path, _)| *path)).collect();
        let blocking = self.blocking.iter().filter(move |it| !new.contains(it)).copied();
        blocking.chain(self.extra.iter().copied())
    }

    /// What the host will tell once all is done.
    pub(super) fn after(&self, local: &LocalTree) -> Result<TreeEntries> {
        let mut after = self.there.cloned().unwrap_or_default();
        for gone in self.blocking.iter().chain(&self.extra) {
            let below = format!("{gone}/");
            after.retain(|path, _| path != gone && !path.starts_with(&below));
        }
        for (path, mode) in &self.new {
            after.insert((*path).to_owned(), entry(EntryKind::Directory, *mode, None));
        }
        for parcel in &self.send {
            let mut it = match &parcel.entry.body {
                LocalBody::Link(target) => {
                    let mut link = entry(EntryKind::Link, 0o777, None);
                    link.entry.info.link_target = Some(target.clone());
                    link
                }
                _ => entry(EntryKind::File, parcel.mode, parcel.entry.size()),
            };
            it.sha1 = parcel.entry.sha1()?.map(str::to_owned);
            after.insert(parcel.path.to_owned(), it);
        }
        for (path, _, wanted) in &self.modes {
            if let Some(it) = after.get_mut(*path) {
                it.entry.info.mode = Some(Info::digits(*wanted));
            }
        }
        if !after.contains_key(".") {
            after.insert(".".to_owned(), entry(EntryKind::Directory, local.mode, None));
        }
        Ok(Some(after))
    }
}

/// The permission bits that a mode makes of those that are there; those where none is given.
pub(super) fn bits(mode: Option<&Mode>, now: u32, is_directory: bool) -> u32 {
    mode.map_or(now, |mode| resolve(mode, now, is_directory))
}

fn bits_of(found: &TreeEntry) -> Option<u32> {
    found.entry.info.bits()
}

fn is_same(entry: &LocalEntry, found: &TreeEntry) -> Result<bool> {
    let info = &found.entry.info;
    match (&entry.body, found.entry.kind) {
        (LocalBody::Link(target), EntryKind::Link) => Ok(info.link_target.as_ref() == Some(target)),
        (LocalBody::File { size, .. }, EntryKind::File) => {
            // A test may give the sum without the size.
            let may_be = info.size.is_none_or(|it| it == *size) && found.sha1.is_some();
            Ok(may_be && entry.sha1()? == found.sha1.as_deref())
        }
        _ => Ok(false),
    }
}

fn entry(kind: EntryKind, mode: u32, size: Option<u64>) -> TreeEntry {
    let info = Info { mode: Some(Info::digits(mode)), size, ..Info::default() };
    TreeEntry { entry: EntryInfo { kind, info }, sha1: None }
}

fn folder(path: &str) -> Option<&str> {
    path.rsplit_once('/').map(|(folder, _)| folder)
}
