//! What the program writes to: colours, width, whether somebody is watching.

use std::borrow::Cow;
use std::fmt::Display;
use std::io::IsTerminal;

/// Whether and how text is coloured.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Style {
    colour: bool,
}

/// What a piece of text is; decides its colour.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Role {
    /// A heading.
    Title,
    /// Something that matters less.
    Quiet,
    /// All is as it should be.
    Good,
    /// Something changes.
    Change,
    /// Something failed.
    Bad,
    /// Something to notice.
    Notice,
}

impl Style {
    /// Colours, where the stream is a terminal and nobody objects.
    /// `NO_COLOR` is read as <https://no-color.org> says: set and not empty.
    pub(crate) fn of(stream: &impl IsTerminal, wanted: bool) -> Self {
        let set = |name| std::env::var_os(name).is_some_and(|it| !it.is_empty());
        let dumb = std::env::var_os("TERM").is_some_and(|it| it == "dumb");
        Self { colour: wanted && !set("NO_COLOR") && !dumb && stream.is_terminal() }
    }

    /// Never colours.
    pub(crate) const PLAIN: Self = Self { colour: false };

    /// Whether there are colours.
    pub(crate) fn is_coloured(self) -> bool {
        self.colour
    }

    /// The text in its colour.
    pub(crate) fn paint(self, role: Role, text: impl Display) -> String {
        if !self.colour {
            return text.to_string();
        }
        let code = match role {
            Role::Title => "1",
            Role::Quiet => "2",
            Role::Good => "32",
            Role::Change => "33",
            Role::Bad => "1;31",
            Role::Notice => "36",
        };
        format!("\x1b[{code}m{text}\x1b[0m")
    }
}

/// Text that does nothing to a terminal but colour: what a host or a file has put in to move the cursor, to set a title
/// or to turn the direction of writing shows as a sign of its own.
pub(crate) fn harmless(text: &str) -> Cow<'_, str> {
    let is_odd = |it: char| it.is_control() && !matches!(it, '\n' | '\t') || turns(it);
    if !text.contains(is_odd) {
        return Cow::Borrowed(text);
    }
    let mut clean = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(is_odd) {
        let (plain, odd) = rest.split_at(at);
        clean.push_str(plain);
        let colour = colour_at(odd);
        let end = odd.chars().next().map_or(0, char::len_utf8);
        if colour > 0 {
            clean.push_str(odd.get(..colour).unwrap_or_default());
        } else if !odd.starts_with("\r\n") {
            clean.extend(odd.chars().next().map(sign));
        }
        rest = odd.get(colour.max(end)..).unwrap_or_default();
    }
    clean.push_str(rest);
    Cow::Owned(clean)
}

/// Whether a character changes the direction in which others are written.
fn turns(it: char) -> bool {
    matches!(it, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// How long the colour is that the text begins with, in bytes: `ESC [ 1;31 m`. 0 where it begins with none.
fn colour_at(text: &str) -> usize {
    let Some(rest) = text.strip_prefix("\x1b[") else { return 0 };
    let end = rest.find(|it: char| !it.is_ascii_digit() && it != ';').unwrap_or(rest.len());
    if rest.get(end..).is_some_and(|it| it.starts_with('m')) { end + 3 } else { 0 }
}

/// What shows for a character that acts: `␛` for ESC.
fn sign(it: char) -> char {
    match u32::from(it) {
        code @ 0..0x20 => char::from_u32(0x2400 + code).unwrap_or(char::REPLACEMENT_CHARACTER),
        0x7f => '␡',
        _ => char::REPLACEMENT_CHARACTER,
    }
}

/// Columns of the terminal that standard error goes to; 100 where it is none.
pub(crate) fn width() -> usize {
    let columns = terminal_size::terminal_size_of(std::io::stderr()).map(|(width, _)| width.0);
    columns.map_or(100, |it| usize::from(it).clamp(40, 200))
}

/// Whether somebody can be asked: keyboard and screen are a terminal.
pub(crate) fn is_interactive() -> bool {
    std::io::stdin().is_terminal() && std::io::stderr().is_terminal()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_colours_reach_a_terminal() {
        for (text, expected) in [
            ("plain ü\n\ttext\r\n", "plain ü\n\ttext\n"),
            ("\x1b[1;31mred\x1b[0m", "\x1b[1;31mred\x1b[0m"),
            ("\x1b]0;title\x07\x1b[2J\x1b[m", "␛]0;title␇␛[2J\x1b[m"),
            ("ok\rfailed\x08 \x7f \u{9b}2J \u{202e}", "ok␍failed␈ ␡ \u{fffd}2J \u{fffd}"),
            ("\x1b[", "␛["),
        ] {
            assert_eq!(harmless(text), expected);
        }
    }
}
