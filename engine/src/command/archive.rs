//! A tar archive that is put together while it is sent: what is in files is read only then.
//!
//! The format is that of GNU tar, which every `tar` reads: ustar headers, and names that are too long for
//! one in entries of their own (types `L` and `K`).
//! <https://www.gnu.org/software/tar/manual/html_node/Standard.html>

use std::path::PathBuf;
use std::sync::Arc;

use super::Content;

/// Headers and content are padded to a multiple of this many bytes.
const BLOCK: usize = 512;

/// The room for a name in a header.
const NAME: usize = 100;

/// The largest number in twelve octal digits, one of which is the end.
const OCTAL: u64 = 0o77_777_777_777;

/// Files, directories and links for a `tar -x` on the host.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Archive {
    members: Vec<Member>,
}

/// One of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// The path in the archive.
    pub path: Vec<u8>,
    /// Permission bits.
    pub mode: u32,
    /// Numbers of owner and group; for a `tar` that is told to set them.
    pub owner: (u32, u32),
    /// What it is.
    pub body: Body,
}

/// What a member is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Body {
    /// A directory.
    Directory,
    /// A symbolic link to this.
    Link(Vec<u8>),
    /// A file with the content of a local one.
    File {
        /// Where that is.
        path: PathBuf,
        /// Its size in bytes.
        size: u64,
    },
}

impl Archive {
    /// An archive of these.
    pub fn new(members: Vec<Member>) -> Self {
        Self { members }
    }

    /// The bytes of the files in it.
    pub fn size(&self) -> u64 {
        self.members.iter().map(Member::size).sum()
    }

    /// The archive, piece by piece.
    pub(crate) fn pieces(&self) -> Vec<Content> {
        let mut pieces = Vec::new();
        let mut text = Vec::new();
        for member in &self.members {
            member.head(&mut text);
            if let Body::File { path, size } = &member.body {
                pieces.push(Content::Bytes(Arc::from(std::mem::take(&mut text))));
                pieces.push(Content::File { path: path.clone(), size: *size });
                pad(&mut text, *size);
            }
        }
        // Two empty blocks are the end.
        text.resize(text.len() + 2 * BLOCK, 0);
        pieces.push(Content::Bytes(Arc::from(text)));
        pieces
    }
}

impl Member {
    fn size(&self) -> u64 {
        match &self.body {
            Body::File { size, .. } => *size,
            Body::Directory | Body::Link(_) => 0,
        }
    }

    /// All that comes before the content.
    fn head(&self, text: &mut Vec<u8>) {
        let mut path = self.path.clone();
        let (kind, target) = match &self.body {
            Body::Directory => (b'5', &[][..]),
            Body::Link(target) => (b'2', target.as_slice()),
            Body::File { .. } => (b'0', &[][..]),
        };
        if kind == b'5' {
            path.push(b'/');
        }
        for (long, name) in [(b'L', path.as_slice()), (b'K', target)] {
            if name.len() > NAME {
                // A string with its final NUL.
                let size = name.len() as u64 + 1;
                self.header(text, b"././@LongLink", b"", long, size);
                text.extend_from_slice(name);
                text.push(0);
                pad(text, size);
            }
        }
        self.header(text, &path, target, kind, self.size());
    }

    fn header(&self, text: &mut Vec<u8>, path: &[u8], target: &[u8], kind: u8, size: u64) {
        let (uid, gid) = self.owner;
        let mut block = Vec::with_capacity(BLOCK);
        field(&mut block, path, NAME);
        field(&mut block, format!("{:07o}", self.mode).as_bytes(), 8);
        for id in [uid, gid] {
            number(&mut block, u64::from(id), 8);
        }
        number(&mut block, size, 12);
        // The time is that of the writing; see `tar -m`.
        number(&mut block, 0, 12);
        let sum = block.len();
        block.extend_from_slice(b"        ");
        block.push(kind);
        field(&mut block, target, NAME);
        block.extend_from_slice(b"ustar  \0");
        block.resize(BLOCK, 0);
        let digits: u32 = block.iter().map(|byte| u32::from(*byte)).sum();
        let digits = format!("{digits:06o}\0 ");
        if let Some(place) = block.get_mut(sum..sum + digits.len()) {
            place.copy_from_slice(digits.as_bytes());
        }
        text.extend(block);
    }
}

/// Bytes in a field of that width, cut or filled up with NUL.
fn field(block: &mut Vec<u8>, bytes: &[u8], width: usize) {
    let end = block.len() + width;
    block.extend(bytes.iter().take(width));
    block.resize(end, 0);
}

/// A number in octal digits; where they do not suffice, in binary behind a set first bit.
fn number(block: &mut Vec<u8>, value: u64, width: usize) {
    let largest = if width == 8 { 0o7_777_777 } else { OCTAL };
    if value <= largest {
        let digits = format!("{value:0width$o}", width = width - 1);
        return field(block, digits.as_bytes(), width);
    }
    let bytes = value.to_be_bytes();
    block.push(0x80);
    block.resize(block.len() + (width - 1).saturating_sub(bytes.len()), 0);
    block.extend(bytes.iter().skip(bytes.len().saturating_sub(width - 1)));
}

fn pad(text: &mut Vec<u8>, size: u64) {
    let over = usize::try_from(size % BLOCK as u64).unwrap_or(0);
    if over > 0 {
        text.resize(text.len() + BLOCK - over, 0);
    }
}

#[cfg(test)]
mod tests {
    use std::process::{Command, Stdio};
    use std::{fs, io::Write as _};

    use super::*;

    #[test]
    fn tar_reads_it() {
        let folder = std::env::temp_dir().join(format!("infra-archive-{}", std::process::id()));
        fs::create_dir_all(folder.join("out")).unwrap();
        let source = folder.join("source");
        fs::write(&source, "x".repeat(513)).unwrap();
        let file = || Body::File { path: source.clone(), size: 513 };
        let long = format!("dir/{}", "n".repeat(200));
        let member = |path: &str, mode, body| Member {
            path: path.into(),
            mode,
            owner: (70_000, 3_000_000),
            body,
        };
        let archive = Archive::new(vec![
            member("dir", 0o755, Body::Directory),
            member(&long, 0o640, file()),
            member("dir/odd \n-name", 0o600, file()),
            member("link", 0o777, Body::Link("t/".repeat(80).into_bytes())),
        ]);
        assert_eq!(archive.size(), 1026);
        let mut tar = Command::new("tar")
            .args(["-x", "-o", "-p", "-m", "-f", "-", "-C"])
            .arg(folder.join("out"))
            .stdin(Stdio::piped())
            .spawn()
            .unwrap();
        let bytes = Content::Archive(Arc::new(archive)).read().unwrap();
        tar.stdin.take().unwrap().write_all(&bytes).unwrap();
        assert!(tar.wait().unwrap().success());
        let out = folder.join("out");
        assert_eq!(fs::read(out.join(&long)).unwrap().len(), 513);
        assert_eq!(fs::read(out.join("dir/odd \n-name")).unwrap().len(), 513);
        assert_eq!(fs::read_link(out.join("link")).unwrap().as_os_str().len(), 160);
        fs::remove_dir_all(folder).unwrap();
    }
}
