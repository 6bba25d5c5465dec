//! The end of what a command prints, kept while it runs, for whoever waits for it.

use crate::command::Scrubber;

/// Of what was printed so many bytes are kept, in bounds.
const KEPT: usize = 4 << 10;

/// A longer line is cut.
const WIDTH: usize = 160;

/// The end of an output.
#[derive(Debug, Default)]
pub(super) struct Tail {
    bytes: Vec<u8>,
    /// Whether something before it was let go.
    is_cut: bool,
}

impl Tail {
    pub(super) fn push(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
        if self.bytes.len() > 2 * KEPT {
            self.bytes.drain(..self.bytes.len() - KEPT);
            self.is_cut = true;
        }
    }

    /// The last line that is not empty, without secrets and without what would act on a terminal.
    pub(super) fn line(&self) -> String {
        // Where the beginning of a line is lost, that of a secret may be.
        let end = |byte: &u8| *byte == b'\n';
        let from = if self.is_cut { self.bytes.iter().position(end) } else { Some(0) };
        let whole = from.and_then(|from| self.bytes.get(from..)).unwrap_or_default();
        let clean = Scrubber::default().push(whole);
        let text = String::from_utf8_lossy(&clean);
        // Who shows progress goes back to the beginning of the line.
        let lines = text.rsplit(['\n', '\r']).map(plain);
        let line = lines.map(|it| it.trim().to_owned()).find(|it| !it.is_empty());
        line.unwrap_or_default().chars().take(WIDTH).collect()
    }
}

/// A line without colours and other control sequences.
fn plain(line: &str) -> String {
    let mut plain = String::new();
    let mut letters = line.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '\x1b' => skip_sequence(&mut letters),
            _ if letter.is_control() => plain.push(' '),
            _ => plain.push(letter),
        }
    }
    plain
}

/// Goes behind a control sequence whose ESC has been read. ECMA-48, 5.4: `[`, parameters, a final letter.
fn skip_sequence(letters: &mut std::str::Chars<'_>) {
    match letters.next() {
        Some('[') => {
            letters.find(|it| matches!(it, '\x40'..='\x7e'));
        }
        // A title and its like, up to BEL or ESC `\`.
        Some(']') => {
            letters.find(|it| matches!(it, '\x07' | '\\'));
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Secret;

    fn line(printed: &str) -> String {
        let mut tail = Tail::default();
        tail.push(printed.as_bytes());
        tail.line()
    }

    #[test]
    fn the_last_line_is_plain_text() {
        for (printed, expected) in [
            ("", ""),
            ("one\ntwo\n\n", "two"),
            ("one\nis it so? [y/N] ", "is it so? [y/N]"),
            ("10 %\r20 %\r", "20 %"),
            ("\x1b[1;32mgreen\x1b[0m \x1b]0;title\x07and\x08 \x1b[2Kmore", "green and  more"),
        ] {
            assert_eq!(line(printed), expected, "{printed:?}");
        }
        assert_eq!(line(&"x".repeat(1000)).len(), WIDTH);
    }

    #[test]
    fn secrets_are_hidden_wherever_the_output_is_cut() {
        Secret::new("tail-s3cr3t-of-many-letters");
        assert_eq!(line("token: tail-s3cr3t-of-many-letters\n"), "token: ***");
        assert_eq!(line("token: tail-s3cr3t-of"), "token:");
        for filler in 2 * KEPT - 40..2 * KEPT + 40 {
            let printed = format!("{}tail-s3cr3t-of-many-letters", "x".repeat(filler));
            assert!(!line(&printed).contains("s3cr3t"), "{filler}");
            assert!(!line(&printed).contains("letters"), "{filler}");
        }
    }
}
