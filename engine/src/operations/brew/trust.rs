use std::collections::BTreeSet;

use super::Kind;
use crate::args::OneOrMany;
use crate::facts::brew::BrewTrusted;
use crate::{Args, Commands, Error, Host, Operation, Result};

/// Tell Homebrew to trust casks, commands, formulae or taps, or to trust them no longer.
///
/// ```rhai
/// brew.trust("includeos/includeos", "taps", true);
/// ```
#[derive(Debug, Args)]
#[args("brew.trust")]
pub(crate) struct Trust {
    /// Names of what is trusted.
    items: OneOrMany<String>,

    /// What they are.
    kind: Kind,

    /// Whether they should be trusted.
    trusted: bool,
}

impl Operation for Trust {
    fn plan(&self, host: &Host<'_>) -> Result<Commands> {
        if self.items.iter().any(String::is_empty) {
            return Err(Error::usage("an item without a name cannot be trusted")
                .hint("give the names of casks, commands, formulae or taps")
                .argument("items"));
        }
        let trusted = host.fact(&BrewTrusted {})?;
        let now = self.kind.of(&trusted);
        let items: BTreeSet<&String> = self.items.iter().collect();
        let (fine, other): (Vec<&String>, Vec<&String>) =
            items.into_iter().partition(|it| now.contains(it) == self.trusted);
        if other.is_empty() {
            let names: Vec<&str> = fine.iter().map(|it| it.as_str()).collect();
            let state = if self.trusted { "trusted" } else { "not trusted" };
            return Ok(Commands::none(format!("{} already {state}", names.join(", "))));
        }
        let mut todo = Commands::default();
        let (before, after) = if self.trusted { ("no", "yes") } else { ("yes", "no") };
        for item in other {
            todo.run(self.kind.line(item, self.trusted));
            todo.attribute(item, "trusted", before, after);
        }
        Ok(todo)
    }
}
