//! Something of another kind is where an operation wants its own: back it up, remove it, or refuse.

use crate::error::Error;
use crate::facts::files::{Directory, Entry, File, Found, Link};
use crate::{Commands, Host, Result, Scope, sh};

use super::ownership::operand;

/// The `force` arguments of an operation.
#[derive(Clone, Copy, Debug)]
pub(super) struct Force<'a> {
    /// Whether something else may be moved away.
    pub(super) allowed: bool,
    /// Whether it is kept.
    pub(super) backup: bool,
    /// Where it is kept; beside its path otherwise.
    pub(super) backup_dir: Option<&'a String>,
}

impl Force<'_> {
    /// Adds what makes room at `path`; an error where that is not allowed.
    pub(super) fn clear(
        &self,
        todo: &mut Commands,
        host: &Host<'_>,
        path: &str,
        wanted: &str,
    ) -> Result<()> {
        let found = found(host, path)?;
        if !self.allowed {
            return Err(Error::failed(format!("{path} is {found}, not a {wanted}"))
                .hint("`force: true` moves it to a backup and goes on"));
        }
        todo.attribute(path, "kind", found, "");
        let from = operand(path);
        if !self.backup {
            todo.run(sh!("rm -rf {from}"));
            return Ok(());
        }
        // The host's clock names the backup; to the second, since `mv` into a backup of the same
        // name that is a directory would put it inside.
        match self.backup_dir {
            None => {
                let to = format!("{from}.");
                todo.run(sh!("mv {from} {to}$(date +%y%m%d%H%M%S)"));
            }
            Some(folder) => {
                let folder = operand(folder);
                let to = join(&folder, &format!("{}.", file_name(path)));
                todo.run(sh!("mkdir -p {folder} && mv {from} {to}$(date +%y%m%d%H%M%S)"));
            }
        }
        Ok(())
    }

    /// What clearing may touch besides the path.
    pub(super) fn touches(&self) -> Option<Scope> {
        self.backup_dir.filter(|_| self.allowed && self.backup).map(Scope::tree)
    }
}

/// An error where something else than a file, or a link to one, is at a path.
pub(crate) fn only_file(host: &Host<'_>, path: &str) -> Result<()> {
    let now = host.fact(&File::at(path))?;
    only(host, path, &now, "file")
}

/// An error where something else than a directory, or a link to one, is at a path.
pub(crate) fn only_directory(host: &Host<'_>, path: &str) -> Result<()> {
    let now = host.fact(&Directory::at(path))?;
    only(host, path, &now, "directory")
}

fn only(host: &Host<'_>, path: &str, now: &Found, wanted: &str) -> Result<()> {
    if *now == Found::Other && host.fact(&Link::at(path))?.here().is_none() {
        return Err(Error::failed(format!("{path} is there, but is not a {wanted}"))
            .hint(format!("move it away, or choose another {wanted}")));
    }
    Ok(())
}

/// What is at a path, in words.
fn found(host: &Host<'_>, path: &str) -> Result<&'static str> {
    let entry = host.fact(&Entry { path: path.to_owned() })?;
    Ok(entry.as_ref().as_ref().map_or("something else", |it| it.kind.in_words()))
}

/// The last part of a path.
pub(super) fn file_name(path: &str) -> &str {
    let path = path.trim_end_matches('/');
    path.rsplit_once('/').map_or(path, |(_, name)| name)
}

/// The path of `name` in `folder`.
pub(super) fn join(folder: &str, name: &str) -> String {
    format!("{}/{name}", folder.trim_end_matches('/'))
}
