//! What is at a path, and what is in it.

mod block;
mod copied;
mod digest;
mod entry;
mod expanded;
mod find;
mod find_in_file;
mod flags;
mod kinds;
mod stat;
mod text;
mod tree;

pub use block::{Block, BlockLines, MARKER};
pub use copied::Copied;
pub use digest::{Digest, Md5File, Sha1File, Sha256File, Sha384File, Sha512File};
pub use entry::{Entry, EntryInfo, EntryKind, Found, Ids, Info, Timestamp};
pub use expanded::Expanded;
pub use find::{FindDirectories, FindFiles, FindLinks};
pub use find_in_file::FindInFile;
pub use flags::Flags;
pub use kinds::{Directory, File, Link, Socket};
pub use text::{FileContents, Text};
pub use tree::{Tree, TreeEntries, TreeEntry};

use crate::fact::FactDef;

pub(super) const FACTS: &[FactDef] = &[
    FactDef::of::<Block>(),
    FactDef::of::<Copied>(),
    FactDef::of::<Directory>(),
    FactDef::of::<Entry>(),
    FactDef::of::<Expanded>(),
    FactDef::of::<File>(),
    FactDef::of::<FileContents>(),
    FactDef::of::<FindDirectories>(),
    FactDef::of::<FindFiles>(),
    FactDef::of::<FindInFile>(),
    FactDef::of::<FindLinks>(),
    FactDef::of::<Flags>(),
    FactDef::of::<Link>(),
    FactDef::of::<Md5File>(),
    FactDef::of::<Sha1File>(),
    FactDef::of::<Sha256File>(),
    FactDef::of::<Sha384File>(),
    FactDef::of::<Sha512File>(),
    FactDef::of::<Socket>(),
    FactDef::of::<Text>(),
    FactDef::of::<Tree>(),
];
