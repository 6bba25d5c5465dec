//! What is kept of a stream: everything up to a limit, or its start and its end.

use std::collections::VecDeque;

use crate::connectors::job::Keep;

#[derive(Debug)]
pub(super) struct Capture {
    keep: Keep,
    head: Vec<u8>,
    tail: VecDeque<u8>,
    left_out: u64,
}

impl Capture {
    pub(super) fn new(keep: Keep) -> Self {
        Self { keep, head: Vec::new(), tail: VecDeque::new(), left_out: 0 }
    }

    /// Takes in more; `false` when that is more than [`Keep::UpTo`] allows.
    pub(super) fn push(&mut self, bytes: &[u8]) -> bool {
        let (head, tail) = match self.keep {
            Keep::UpTo(limit) => (limit, 0),
            Keep::HeadAndTail(limit) => (limit - limit / 2, limit / 2),
        };
        let room = head.saturating_sub(self.head.len()).min(bytes.len());
        let (first, rest) = bytes.split_at(room);
        self.head.extend_from_slice(first);
        // What a chunk alone pushes out of the tail need not pass through it.
        let skipped = rest.len().saturating_sub(tail);
        let (skipped, last) = rest.split_at(skipped);
        let overflow = (self.tail.len() + last.len()).saturating_sub(tail).min(self.tail.len());
        self.tail.drain(..overflow);
        self.tail.extend(last);
        self.left_out += (skipped.len() + overflow) as u64;
        self.left_out == 0 || matches!(self.keep, Keep::HeadAndTail(_))
    }

    /// What is kept, and whether something is left out.
    pub(super) fn finish(self) -> (Vec<u8>, bool) {
        let mut bytes = self.head;
        if self.left_out > 0 {
            bytes.extend(format!("\n… {} bytes left out …\n", self.left_out).into_bytes());
        }
        bytes.extend(self.tail);
        (bytes, self.left_out > 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(keep: Keep, chunks: &[&str]) -> (String, bool, bool) {
        let mut capture = Capture::new(keep);
        let fits = chunks.iter().all(|chunk| capture.push(chunk.as_bytes()));
        let (bytes, truncated) = capture.finish();
        (String::from_utf8(bytes).unwrap(), truncated, fits)
    }

    #[test]
    fn head_and_tail_meet_where_nothing_is_left_out() {
        let keep = Keep::HeadAndTail(6);
        let cases: [(&[&str], &str, bool); 7] = [
            (&[], "", false),
            (&["abc"], "abc", false),
            (&["abcdef"], "abcdef", false),
            (&["ab", "cdef"], "abcdef", false),
            (&["abcdefg"], "abc\n… 1 bytes left out …\nefg", true),
            (&["abcde", "f", "gh"], "abc\n… 2 bytes left out …\nfgh", true),
            (&["abcd", "e", "0123456789"], "abc\n… 9 bytes left out …\n789", true),
        ];
        for (chunks, expected, truncated) in cases {
            assert_eq!(kept(keep, chunks), (expected.into(), truncated, true), "{chunks:?}");
        }
    }

    #[test]
    fn a_limit_is_an_error_only_behind_it() {
        assert_eq!(kept(Keep::UpTo(3), &["ab", "c"]), ("abc".into(), false, true));
        assert!(!kept(Keep::UpTo(3), &["ab", "cd"]).2);
    }
}
