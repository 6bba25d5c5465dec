//! What the program writes to: colours, width, whether somebody is watching.

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

/// Columns of the terminal that standard error goes to; 100 where it is none.
pub(crate) fn width() -> usize {
    let columns = terminal_size::terminal_size_of(std::io::stderr()).map(|(width, _)| width.0);
    columns.map_or(100, |it| usize::from(it).clamp(40, 200))
}

/// Whether somebody can be asked: keyboard and screen are a terminal.
pub(crate) fn is_interactive() -> bool {
    std::io::stdin().is_terminal() && std::io::stderr().is_terminal()
}
