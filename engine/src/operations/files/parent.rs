//! The directory that a path is in, made where it is missing: `create_remote_dir`.

use crate::error::ErrorKind;
use crate::facts::files::Entry;
use crate::{Commands, Host, Operation, Result, Scope};

use super::directory::Directory;

/// The directory that `path` is in; none for `name` and `/name`, whose directory is always there.
pub(super) fn parent(path: &str) -> Option<&str> {
    let (folder, _) = path.trim_end_matches('/').rsplit_once('/')?;
    let folder = folder.trim_end_matches('/');
    (!folder.is_empty()).then_some(folder)
}

/// Says that the parent directory will be asked for.
pub(super) fn want(host: &Host<'_>, path: &str) {
    if let Some(folder) = parent(path) {
        host.want(&Entry { path: folder.to_owned() });
    }
}

/// Adds the making of the parent directory, for the same owner. One that is there stays as it is.
pub(super) fn create(
    todo: &mut Commands,
    host: &Host<'_>,
    path: &str,
    user: Option<&String>,
    group: Option<&String>,
) -> Result<()> {
    let Some(folder) = parent(path) else { return Ok(()) };
    let directory = Directory {
        user: user.cloned(),
        group: group.cloned(),
        no_check_owner_mode: true,
        no_fail_on_link: true,
        ..Directory::at(folder)
    };
    match directory.plan(host) {
        Ok(made) => {
            todo.extend(made);
            Ok(())
        }
        // An earlier operation of the plan made a directory in it, so it will be there.
        Err(error) if error.kind == ErrorKind::Unknown => Ok(()),
        Err(error) => Err(error),
    }
}

/// The directories above a path, which may come to be with it.
pub(super) fn ancestors(path: &str) -> impl Iterator<Item = Scope> {
    std::iter::successors(parent(path), |it| parent(it)).map(Scope::path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_directory_of_a_path() {
        for (path, expected) in [
            ("/etc/app.conf", Some("/etc")),
            ("/etc//app/", Some("/etc")),
            ("a/b", Some("a")),
            ("/app", None),
            ("app", None),
            ("/", None),
        ] {
            assert_eq!(parent(path), expected, "{path}");
        }
    }
}
