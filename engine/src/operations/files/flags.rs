use super::ownership::operand;
use crate::args::OneOrMany;
use crate::facts::files;
use crate::{Args, Commands, Host, Operation, Result, Scope, sh};

/// Set or clear the flags of a file or directory on BSD and macOS, with `chflags`.
///
/// ```rhai
/// files.flags("/Users/app/Library", "hidden", #{ present: false });
/// files.flags("/etc/important", ["uchg", "schg"]);
/// ```
#[expect(clippy::struct_field_names, reason = "the argument is called so")]
#[derive(Debug, Args)]
#[args("files.flags")]
pub(crate) struct Flags {
    /// Path of the file or directory.
    path: String,

    /// The flag, or several.
    flags: Option<OneOrMany<String>>,

    /// Whether they should be set.
    #[arg(default = true)]
    present: bool,
}

impl Operation for Flags {
    fn plan(&self, host: &Host<'_>) -> Result<Commands> {
        let asked = self.flags.as_ref().map(|it| it.0.as_slice()).unwrap_or_default();
        if asked.is_empty() {
            return Ok(Commands::none(format!("no flags are given for {}", self.path)));
        }
        let fact = files::Flags { path: self.path.clone() };
        let now = host.fact(&fact)?;
        let mut changes: Vec<&String> =
            asked.iter().filter(|flag| now.contains(flag) != self.present).collect();
        changes.sort();
        changes.dedup();
        if changes.is_empty() {
            let state = if self.present { "set" } else { "clear" };
            return Ok(Commands::none(format!("flags {} are {state}", asked.join(","))));
        }
        let prefix = if self.present { "" } else { "no" };
        let words: Vec<String> = changes.iter().map(|flag| format!("{prefix}{flag}")).collect();
        let mut todo = Commands::from(sh!("chflags {words.join(\",\")} {operand(&self.path)}"));
        let after: Vec<String> = if self.present {
            now.iter().chain(changes.iter().copied()).cloned().collect()
        } else {
            now.iter().filter(|flag| !changes.contains(flag)).cloned().collect()
        };
        todo.attribute(&self.path, "flags", now.join(","), after.join(","));
        todo.then(&fact, after);
        Ok(todo)
    }

    fn touches(&self) -> Vec<Scope> {
        vec![Scope::path(&self.path)]
    }
}
