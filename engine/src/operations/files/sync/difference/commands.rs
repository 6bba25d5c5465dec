//! The commands for all that differs but what is sent.

use std::collections::BTreeMap;

use super::Difference;
use crate::operations::files::force::join;
use crate::operations::files::ownership::{digits, operand};
use crate::operations::files::sync::Sync;
use crate::{Commands, Shell, sh};

/// The paths of one command line together are about this long at most.
const LINE: usize = 64 * 1024;

impl<'a> Difference<'a> {
    /// Removes what is in the way.
    pub(in super::super) fn make_room(&self, todo: &mut Commands, dest: &str) {
        lines(todo, &sh!("rm -rf"), dest, self.blocking.iter().copied());
    }

    /// Removes what is on the host only.
    pub(in super::super) fn remove(&self, todo: &mut Commands, dest: &str) {
        lines(todo, &sh!("rm -rf"), dest, self.extra.iter().copied());
    }

    /// Gives what has the right content the right owner and mode.
    pub(in super::super) fn adjust(&self, todo: &mut Commands, sync: &Sync) {
        let wanted = sync.wanted();
        if let Some(change) = wanted.change() {
            lines(todo, &change, sync.dest(), self.owners.iter().map(|(path, _)| *path));
        }
        let mut modes: BTreeMap<String, Vec<&str>> = BTreeMap::new();
        for (path, now, wanted) in self.modes() {
            modes.entry(digits(now, wanted)).or_default().push(path);
        }
        for (digits, paths) in modes {
            lines(todo, &sh!("chmod {digits}"), sync.dest(), paths.into_iter());
        }
    }

    /// The modes to be set: also those that a change of owner takes away.
    fn modes(&self) -> impl Iterator<Item = (&'a str, u32, u32)> {
        let lost = self.owners.iter().filter_map(|(path, info)| {
            let now = info.bits().filter(|bits| bits & 0o6000 != 0)?;
            let is_told = self.modes.iter().any(|(it, ..)| it == path);
            (!is_told).then_some((*path, now, now))
        });
        self.modes.iter().copied().chain(lost)
    }
}

/// Adds as few lines as hold all paths.
fn lines<'a>(
    todo: &mut Commands,
    command: &Shell,
    dest: &str,
    paths: impl Iterator<Item = &'a str>,
) {
    let mut line = Shell::new();
    let mut length = 0;
    for path in paths {
        let full = if path == "." { dest.to_owned() } else { join(dest, path) };
        if length == 0 {
            line = command.clone();
        }
        length += full.len() + 1;
        line.code(" ").arg(&operand(&full));
        if length > LINE {
            todo.run(std::mem::take(&mut line));
            length = 0;
        }
    }
    if length > 0 {
        todo.run(line);
    }
}
