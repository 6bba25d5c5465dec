//! What is still to be sent, and how much of it may be under way.
//!
//! The watcher on the host copies into a pipe that holds 64 KiB. When that pipe is full because a long step is running, the
//! watcher is stuck, and would not notice that the connection is gone. So behind a step that may take long only as much is
//! sent as certainly fits; the rest follows when the step has ended. Uploads without `validate` and downloads don't count.

use std::collections::VecDeque;
use std::io;
use std::path::{Path, PathBuf};

use tokio::fs::File;
use tokio::io::{AsyncReadExt, AsyncWrite, AsyncWriteExt};

use crate::connectors::job::Content;

/// How much is sent behind a step that may take long; leaves room in a pipe of 64 KiB.
const AHEAD: usize = 48 << 10;
/// How much of a file is in memory.
const PIECE: usize = 128 << 10;

#[derive(Default)]
pub(super) struct Outgoing {
    parts: VecDeque<Part>,
    current: Vec<u8>,
    sent: usize,
    unflushed: bool,
    /// Bytes sent behind each step that may take long, by the number of finished steps that ends it.
    ahead: VecDeque<(usize, usize)>,
}

enum Part {
    /// `step` is how many steps will have ended with this one, when it may take long.
    Text { bytes: Vec<u8>, long_step: Option<usize> },
    /// Content held in memory.
    Bytes(Vec<u8>),
    /// Content on disk; `file` is open once something of it has been read.
    File { path: PathBuf, file: Option<File>, left: u64 },
}

impl Outgoing {
    /// Begins another exchange: all steps of those before have ended, and numbers of steps start anew.
    pub(super) fn begin(&mut self) {
        self.ahead.clear();
    }

    pub(super) fn text(&mut self, bytes: Vec<u8>, long_step: Option<usize>) {
        self.parts.push_back(Part::Text { bytes, long_step });
    }

    /// Content that has a channel of its own. A file is opened when its turn has come.
    pub(super) fn content(&mut self, content: &Content) {
        match content {
            Content::Bytes(bytes) => self.parts.push_back(Part::Bytes(bytes.clone())),
            Content::File { len: 0, .. } | Content::Printed(_) => {}
            Content::File { path, len } => {
                self.parts.push_back(Part::File { path: path.clone(), file: None, left: *len });
            }
            Content::Pieces(pieces) => pieces.iter().for_each(|it| self.content(it)),
        }
    }

    /// Whether there is something to send now, after `finished` steps.
    pub(super) fn is_ready(&mut self, finished: usize) -> bool {
        if self.unflushed || self.sent < self.current.len() {
            return true;
        }
        while self.ahead.front().is_some_and(|(step, _)| *step <= finished) {
            self.ahead.pop_front();
        }
        match (self.parts.front(), self.ahead.front()) {
            (Some(Part::Text { bytes, .. }), Some((_, ahead))) => ahead + bytes.len() <= AHEAD,
            (part, _) => part.is_some(),
        }
    }

    /// Sends some of it, behind [`refill`](Self::refill). Can be cancelled without loss.
    pub(super) async fn send(
        &mut self,
        to: &mut (dyn AsyncWrite + Send + Unpin),
    ) -> io::Result<()> {
        let rest = self.current.get(self.sent..).unwrap_or_default();
        let written = to.write(rest).await?;
        if written == 0 && !rest.is_empty() {
            return Err(io::ErrorKind::WriteZero.into());
        }
        self.sent += written;
        self.unflushed = true;
        if self.sent == self.current.len() {
            to.flush().await?;
            self.unflushed = false;
        }
        Ok(())
    }

    /// Has the next piece ready. Only to be called when [`is_ready`](Self::is_ready). Fails when a file cannot be read, or is
    /// shorter than it was.
    pub(super) async fn refill(&mut self) -> io::Result<()> {
        if self.unflushed || self.sent < self.current.len() {
            return Ok(());
        }
        if !matches!(self.parts.front(), Some(Part::Text { .. })) {
            return self.refill_content().await;
        }
        if let Some(Part::Text { bytes, long_step }) = self.parts.pop_front() {
            for (_, ahead) in &mut self.ahead {
                *ahead += bytes.len();
            }
            if let Some(step) = long_step {
                self.ahead.push_back((step, 0));
            }
            self.current = bytes;
            self.sent = 0;
        }
        Ok(())
    }

    /// The same for content: many small files make one piece.
    async fn refill_content(&mut self) -> io::Result<()> {
        let mut piece = Vec::with_capacity(PIECE);
        while piece.len() < PIECE {
            match self.parts.front_mut() {
                Some(Part::Bytes(bytes)) => {
                    piece.append(bytes);
                    self.parts.pop_front();
                }
                Some(Part::File { path, file, left }) => {
                    let wanted = (*left).min((PIECE - piece.len()) as u64);
                    read(path, file, wanted, &mut piece).await.map_err(|error| {
                        let why = format!("cannot read {}: {error}", path.display());
                        io::Error::new(error.kind(), why)
                    })?;
                    *left -= wanted;
                    if *left == 0 {
                        self.parts.pop_front();
                    }
                }
                Some(Part::Text { .. }) | None => break,
            }
        }
        self.current = piece;
        self.sent = 0;
        Ok(())
    }
}

/// The next `wanted` bytes of a file.
async fn read(
    path: &Path,
    file: &mut Option<File>,
    wanted: u64,
    piece: &mut Vec<u8>,
) -> io::Result<()> {
    let file = match file {
        Some(file) => file,
        None => file.insert(File::open(path).await?),
    };
    if (file.take(wanted).read_to_end(piece).await? as u64) < wanted {
        return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "it has become shorter"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn little_is_sent_behind_a_step_that_may_take_long() {
        let mut outgoing = Outgoing::default();
        for (size, long_step) in [(AHEAD * 3, None), (10, Some(2)), (AHEAD, None), (1, None)] {
            outgoing.text(vec![b'x'; size], long_step);
        }
        let mut sent = Vec::new();
        let mut lengths = Vec::new();
        for finished in [0, 1, 2] {
            while outgoing.is_ready(finished) {
                outgoing.refill().await.unwrap();
                outgoing.send(&mut sent).await.unwrap();
            }
            lengths.push(sent.len());
        }
        let behind = AHEAD * 3 + 10 + AHEAD;
        assert_eq!(lengths, [behind, behind, behind + 1]);
    }

    #[tokio::test]
    async fn steps_of_earlier_exchanges_hold_nothing_back() {
        let mut outgoing = Outgoing::default();
        let mut sent = Vec::new();
        for exchange in 1..=3 {
            outgoing.begin();
            outgoing.text(vec![b'x'; AHEAD], Some(1));
            while outgoing.is_ready(0) {
                outgoing.refill().await.unwrap();
                outgoing.send(&mut sent).await.unwrap();
            }
            assert_eq!(sent.len(), exchange * AHEAD);
        }
    }
}
