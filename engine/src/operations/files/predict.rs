//! What the facts about a path will be once an operation has run. Operations state it, so that the
//! plan of a later operation on the same path needs no guessing.

use crate::Commands;
use crate::facts::files::{
    Directory, Entry, EntryInfo, EntryKind, File, Found, Info, Link, Socket,
};

/// States what will be at a path.
pub(crate) trait Predict {
    /// Nothing will be there.
    fn will_be_absent(&mut self, path: &str) -> &mut Self;

    /// This will be there.
    fn will_be(&mut self, path: &str, kind: EntryKind, info: Info) -> &mut Self;
}

impl Predict for Commands {
    fn will_be_absent(&mut self, path: &str) -> &mut Self {
        state(self, path, None);
        self
    }

    fn will_be(&mut self, path: &str, kind: EntryKind, info: Info) -> &mut Self {
        state(self, path, Some(EntryInfo { kind, info }));
        self
    }
}

/// In part: nobody can tell the times.
fn state(todo: &mut Commands, path: &str, entry: Option<EntryInfo>) {
    let found = |kind| Found::of(entry.as_ref(), kind);
    todo.then_in_part(&File::at(path), found(EntryKind::File));
    todo.then_in_part(&Directory::at(path), found(EntryKind::Directory));
    todo.then_in_part(&Link::at(path), found(EntryKind::Link));
    todo.then_in_part(&Socket::at(path), found(EntryKind::Socket));
    todo.then_in_part(&Entry { path: path.to_owned() }, entry);
}
