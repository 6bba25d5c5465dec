//! Many questions of one fact asked with one command: `stat` takes a hundred paths as readily as one, and starting it a
//! hundred times is most of what a converged deploy costs a host.

use crate::{Shell, sh};

/// How many questions one command answers at most: its line stays far below what any system allows.
pub(crate) const AT_MOST: usize = 100;

/// How a question is asked together with others of the same fact, as the same account in the same place.
#[derive(Clone)]
pub struct Together {
    /// What this question is about, as the command takes it.
    pub word: String,
    /// The command that asks about all of these.
    pub command: fn(words: &[&str]) -> Shell,
    /// Cuts what that command printed into what each question's own command would have printed, in order. `None`: it
    /// cannot be told apart, and each is to be asked alone.
    pub split: fn(output: &[u8]) -> Option<Vec<Vec<u8>>>,
}

/// Shell text that leaves of `words` those in `"$@"` that pass one of two tests, and prints a line of one character a word:
/// `l` and `e` for a word that passed the first or the second, `-` for one that passed none.
pub(crate) fn sorted_out(words: &[&str], link: &Shell, entry: &Shell) -> Shell {
    sh!("set -- {words}; k=; for p do shift; \
        if {link}; then k=\"$k\"l; elif {entry}; then k=\"$k\"e; else k=\"$k\"-; continue; fi; \
        set -- \"$@\" \"$p\"; done; echo \"$k\"; [ $# -gt 0 ] || exit 0; ")
}

/// What [`sorted_out`] printed, and what the command behind it did.
pub(crate) struct Sorted<'a> {
    /// One character for each word.
    pub(crate) kinds: &'a [u8],
    /// The line of each word that was left.
    pub(crate) lines: Vec<Option<&'a [u8]>>,
    /// What follows the lines.
    pub(crate) rest: &'a [u8],
}

impl<'a> Sorted<'a> {
    /// `None` where there are fewer lines than words that were left.
    pub(crate) fn read(output: &'a [u8]) -> Option<Self> {
        let (kinds, mut rest) = line(output)?;
        let mut lines = Vec::with_capacity(kinds.len());
        for kind in kinds {
            lines.push(if *kind == b'-' {
                None
            } else {
                let (found, behind) = line(rest)?;
                rest = behind;
                Some(found)
            });
        }
        Some(Self { kinds, lines, rest })
    }
}

fn line(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = text.iter().position(|byte| *byte == b'\n')?;
    Some((text.get(..end)?, text.get(end + 1..)?))
}
