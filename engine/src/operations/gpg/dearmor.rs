use super::install::{install, set_mode};
use super::parent;
use crate::args::Mode;
use crate::facts::files::File;
use crate::operations::files::Directory;
use crate::{Args, Commands, Host, Operation, Result, Scope, sh};

/// Turn a key that is text (`.asc`) into the binary form that apt reads.
///
/// An existing file is replaced only if it differs.
///
/// ```rhai
/// gpg.dearmor("/root/vendor.asc", "/etc/apt/keyrings/vendor.gpg");
/// ```
#[derive(Debug, Args)]
#[args("gpg.dearmor")]
pub(crate) struct Dearmor {
    /// Path of the text, on the host.
    src: String,

    /// Path of the binary key.
    dest: String,

    /// Permissions of the binary key.
    #[arg(default = Mode::Bits(0o644))]
    mode: Mode,
}

impl Operation for Dearmor {
    fn plan(&self, host: &Host<'_>) -> Result<Commands> {
        let directory = parent(&self.dest);
        let mode = Some(Mode::Bits(0o755));
        let mut todo = Directory { mode, ..Directory::at(directory) }.plan(host)?;
        todo.note = None;
        let now = host.fact(&File::at(&self.dest))?;
        install(
            &mut todo,
            &self.dest,
            &sh!("gpg --batch --yes --dearmor -o \"$tmp/out\" -- {self.src}"),
        );
        set_mode(&mut todo, &self.dest, &self.mode, None);
        if now.here().is_some() {
            todo.changed = Some(|outputs| {
                outputs
                    .iter()
                    .any(|it| String::from_utf8_lossy(&it.stdout).contains("key: changed"))
            });
        }
        todo.attribute(&self.dest, "key", "", &self.src);
        Ok(todo)
    }

    fn touches(&self) -> Vec<Scope> {
        vec![Scope::path(&self.dest), Scope::path(parent(&self.dest))]
    }
}
