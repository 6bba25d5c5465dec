//! Telling a step's output from the markers behind it.
//!
//! A marker is byte 1, the session's nonce (128 random bits in hex), the step's number, how it ended, and a newline. It needs
//! no newline before it, so output without one keeps its exact bytes; anything that is not exactly a marker is output.

use crate::connectors::job::Ended;

/// Longest text behind the nonce: two spaces, a 64-bit number, a word, a newline, and room.
const REST: usize = 64;

/// What is found in a stream, in order.
#[derive(Debug, PartialEq)]
pub(super) enum Found<'a> {
    Output(&'a [u8]),
    Marker { step: u64, word: Word },
}

/// What a marker says.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Word {
    /// The session is there; its process.
    Ready(u32),
    Code(i32),
    Missing,
    Skipped,
}

impl Word {
    fn parse(text: &str) -> Option<Self> {
        match text {
            "missing" => Some(Self::Missing),
            "skipped" => Some(Self::Skipped),
            word => match word.strip_prefix("ready ") {
                Some(process) => process.parse().ok().map(Self::Ready),
                None => word.parse().ok().map(Self::Code),
            },
        }
    }

    /// How a step ended that needs `program`.
    pub(super) fn ended(self, program: Option<&str>) -> Ended {
        match self {
            Self::Code(code) => Ended::Code(code),
            Self::Missing => Ended::Missing(program.unwrap_or_default().to_owned()),
            Self::Skipped => Ended::Skipped,
            Self::Ready(_) => Ended::Lost,
        }
    }
}

/// One stream's reader; keeps the few bytes that may yet turn out to be the start of a marker.
#[derive(Debug)]
pub(super) struct Scanner {
    prefix: Vec<u8>,
    held: Vec<u8>,
}

/// What the bytes from a byte 1 on are.
enum Candidate {
    Marker { step: u64, word: Word, length: usize },
    Unfinished,
    Output,
}

impl Scanner {
    pub(super) fn new(nonce: &str) -> Self {
        Self { prefix: format!("\u{1}{nonce} ").into_bytes(), held: Vec::new() }
    }

    /// Hands everything that is certain in `chunk`, and in what was held back before, to `found`.
    pub(super) fn feed(&mut self, chunk: &[u8], mut found: impl FnMut(Found<'_>)) {
        let joined;
        let mut rest = chunk;
        if !self.held.is_empty() {
            self.held.extend_from_slice(chunk);
            joined = std::mem::take(&mut self.held);
            rest = &joined;
        }
        let mut searched = 0;
        while let Some(offset) = rest.iter().skip(searched).position(|byte| *byte == 1) {
            let (output, candidate) = rest.split_at(searched + offset);
            match self.judge(candidate) {
                Candidate::Output => searched += offset + 1,
                Candidate::Unfinished => {
                    give(output, &mut found);
                    self.held = candidate.to_vec();
                    return;
                }
                Candidate::Marker { step, word, length } => {
                    give(output, &mut found);
                    found(Found::Marker { step, word });
                    rest = candidate.split_at(length).1;
                    searched = 0;
                }
            }
        }
        give(rest, &mut found);
    }

    /// What was held back, at the end of the stream.
    pub(super) fn finish(&mut self, found: impl FnMut(Found<'_>)) {
        let mut found = found;
        give(&std::mem::take(&mut self.held), &mut found);
    }

    fn judge(&self, candidate: &[u8]) -> Candidate {
        let compared = candidate.len().min(self.prefix.len());
        if candidate.get(..compared) != self.prefix.get(..compared) {
            return Candidate::Output;
        }
        let Some(rest) = candidate.get(self.prefix.len()..) else { return Candidate::Unfinished };
        let Some(end) = rest.iter().take(REST).position(|byte| *byte == b'\n') else {
            return if rest.len() < REST { Candidate::Unfinished } else { Candidate::Output };
        };
        let parsed = rest
            .get(..end)
            .and_then(|line| std::str::from_utf8(line).ok())
            .and_then(|line| line.split_once(' '))
            .and_then(|(step, word)| Some((step.parse().ok()?, Word::parse(word)?)));
        match parsed {
            Some((step, word)) => {
                Candidate::Marker { step, word, length: self.prefix.len() + end + 1 }
            }
            None => Candidate::Output,
        }
    }
}

fn give(output: &[u8], found: &mut impl FnMut(Found<'_>)) {
    if !output.is_empty() {
        found(Found::Output(output));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Feeds `text` in pieces of `size` and writes down what is found; markers as `<step word>`.
    fn scan(text: &[u8], size: usize) -> String {
        let mut scanner = Scanner::new("abc");
        let mut seen = Vec::new();
        let mut note = |found: Found<'_>| match found {
            Found::Output(bytes) => seen.extend_from_slice(bytes),
            Found::Marker { step, word } => seen.extend(format!("<{step} {word:?}>").bytes()),
        };
        for chunk in text.chunks(size) {
            scanner.feed(chunk, &mut note);
        }
        scanner.finish(&mut note);
        String::from_utf8(seen).unwrap()
    }

    #[test]
    fn markers_are_found_however_the_stream_is_cut() {
        let cases = [
            ("", ""),
            ("\x01abc 0 ready 42\n", "<0 Ready(42)>"),
            ("\x01abc 0 ready\n", "\x01abc 0 ready\n"),
            ("out\x01abc 1 0\n", "out<1 Code(0)>"),
            ("a\n\x01abc 1 127\nb\x01abc 2 skipped\n", "a\n<1 Code(127)>b<2 Skipped>"),
            ("\x01\x01abc 7 missing\n\x01", "\x01<7 Missing>\x01"),
            ("\x01abd 1 0\n", "\x01abd 1 0\n"),
            ("\x01abc\n", "\x01abc\n"),
            ("\x01abc 1 many\n", "\x01abc 1 many\n"),
            ("\x01abc 1 \x01abc 1 0\n", "\x01abc 1 <1 Code(0)>"),
            ("\x01abc 99999999999999999999999 0\n", "\x01abc 99999999999999999999999 0\n"),
        ];
        for (text, expected) in cases {
            for size in 1..=text.len().max(1) {
                assert_eq!(scan(text.as_bytes(), size), expected, "{text:?} in pieces of {size}");
            }
        }
    }

    #[test]
    fn an_endless_lookalike_is_not_held_back() {
        let text = format!("\x01abc {}", "9".repeat(200));
        assert_eq!(scan(text.as_bytes(), 1), text);
    }
}
