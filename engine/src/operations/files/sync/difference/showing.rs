//! What differs, as people see it.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Difference, Parcel};
use crate::command::Diff;
use crate::facts::files::{EntryKind, Text};
use crate::operations::files::force::join;
use crate::operations::files::upload::is_binary;
use crate::project::{LocalBody, LocalEntry};
use crate::{Commands, Host, Result};

/// Texts up to this size are shown as they change.
pub(in super::super) const TEXT_LIMIT: u64 = 64 * 1024;

/// So many texts are fetched from the host to show what changes in them.
const TEXTS: usize = 24;

/// So many changed paths are shown one by one.
const SHOWN: usize = 200;

impl<'a> Difference<'a> {
    /// Shows what changes.
    pub(in super::super) fn show(
        &self,
        todo: &mut Commands,
        host: &Host<'_>,
        dest: &str,
    ) -> Result<()> {
        let mut shown = Commands::default();
        let at = |path: &str| if path == "." { dest.to_owned() } else { join(dest, path) };
        for path in self.blocking.iter().chain(&self.extra) {
            shown.attribute(at(path), "present", "yes", "no");
        }
        for (path, _) in &self.new {
            shown.attribute(at(path), "present", "no", "yes");
        }
        let texts = self.texts(host, dest)?;
        for parcel in &self.send {
            match texts.get(parcel.path) {
                Some((before, after)) => shown.diff.push(Diff::Text {
                    path: at(parcel.path),
                    before: Some(before.clone()),
                    after: Some(after.to_string()),
                }),
                None => parcel.show(&mut shown, at(parcel.path)),
            }
        }
        for (path, now, wanted) in &self.modes {
            shown.attribute(at(path), "mode", format!("{now:o}"), format!("{wanted:o}"));
        }
        let left_out = shown.diff.len().saturating_sub(SHOWN);
        shown.diff.truncate(SHOWN);
        if left_out > 0 {
            shown.attribute(dest, "more changes", "", left_out.to_string());
        }
        todo.diff.extend(shown.diff);
        Ok(())
    }

    /// Texts that change, as they are and as they will be, where they are few and short.
    fn texts(&self, host: &Host<'_>, dest: &str) -> Result<BTreeMap<&'a str, (String, Arc<str>)>> {
        let small = |size: Option<u64>| size.is_some_and(|it| it <= TEXT_LIMIT);
        let changing: Vec<&Parcel<'_>> = self
            .send
            .iter()
            .filter(|it| small(it.entry.size()) && small(it.size_there()))
            .take(TEXTS + 1)
            .collect();
        if changing.len() > TEXTS {
            return Ok(BTreeMap::new());
        }
        let mut texts = BTreeMap::new();
        for parcel in &changing {
            host.want(&Text::at(join(dest, parcel.path)));
        }
        for parcel in changing {
            let Some(after) = local_text(parcel.entry)? else { continue };
            let before = host.fact(&Text::at(join(dest, parcel.path)))?;
            if let Some(before) = before.as_ref().as_ref().filter(|it| !is_binary(it)) {
                texts.insert(parcel.path, (before.clone(), after));
            }
        }
        Ok(texts)
    }
}

impl Parcel<'_> {
    fn size_there(&self) -> Option<u64> {
        let found = self.instead_of.filter(|it| it.entry.kind == EntryKind::File)?;
        found.entry.info.size
    }

    fn show(&self, shown: &mut Commands, path: String) {
        let bytes = |it: Option<u64>| it.map(|it| format!("{it} bytes")).unwrap_or_default();
        match (&self.entry.body, self.instead_of) {
            (LocalBody::Link(target), found) => {
                let before = found.and_then(|it| it.entry.info.link_target.as_deref());
                shown.attribute(path, "target", before.unwrap_or_default(), target.as_str());
            }
            (_, None) => {
                shown.attribute(path, "present", "no", "yes");
            }
            (_, Some(found)) => {
                let (before, after) = (found.entry.info.size, self.entry.size());
                shown.attribute(path, "content", bytes(before), bytes(after));
            }
        }
    }
}

/// The text of a local file, if it is one.
pub(in super::super) fn local_text(entry: &LocalEntry) -> Result<Option<Arc<str>>> {
    Ok(entry.text()?.filter(|it| !is_binary(it)))
}
