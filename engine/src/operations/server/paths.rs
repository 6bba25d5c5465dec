//! Directories and files that belong to an account.

use indexmap::IndexMap;

use crate::command::Diff;
use crate::facts::files::{Directory, EntryKind, Found, Info};
use crate::facts::server::User;
use crate::operations::files::{Predict, only_directory};
use crate::{Commands, Host, Result, Scope, Shell, sh};

/// Whose a path should be.
#[derive(Clone, Copy, Debug)]
pub(super) struct Owned<'a> {
    /// The owner.
    pub(super) user: &'a str,
    /// The name that the host has for the owner's id, where several accounts share it.
    pub(super) shown: Option<&'a str>,
    /// The group; `None` where only the host knows the user's own.
    pub(super) group: Option<&'a str>,
    /// Whether that group was asked for; otherwise one of the user's name will do where it is there.
    pub(super) exact: bool,
    /// The permission bits; `None` where any will do.
    pub(super) mode: Option<u32>,
}

impl Owned<'_> {
    /// What will be known of a new path.
    pub(super) fn info(&self) -> Info {
        Info {
            user: Some(self.user.to_owned()),
            group: Some(self.group.unwrap_or(self.user).to_owned()),
            mode: self.mode.map(Info::digits),
            ..Info::default()
        }
    }

    /// `user:group` for `chown`; without a group it takes the user's own.
    fn pair(&self) -> String {
        format!("{}:{}", self.user, self.group.unwrap_or_default())
    }

    /// Makes sure that a directory is there and belongs to the account. A link is left alone: it
    /// leads to a directory that somebody chose.
    pub(super) fn directory(&self, host: &Host<'_>, path: &str) -> Result<Commands> {
        let found = host.fact(&Directory::at(path))?;
        let mut todo = Commands::default();
        match &*found {
            Found::Here(info) => self.adjust(&mut todo, path, EntryKind::Directory, info),
            Found::Absent => {
                todo.run(sh!("mkdir -p -- {path}"));
                todo.attribute(path, "present", "no", "yes");
                self.give(&mut todo, path, EntryKind::Directory);
                todo.will_be(path, EntryKind::Directory, self.info());
            }
            Found::Other => only_directory(host, path)?,
        }
        Ok(todo)
    }

    /// Changes owner, group and mode of what is there.
    pub(super) fn adjust(&self, todo: &mut Commands, path: &str, kind: EntryKind, now: &Info) {
        let owner = now.user.as_deref();
        let user = owner != Some(self.user) && (owner.is_none() || owner != self.shown);
        let group = self.group.is_some() && !self.accepts(now.group.as_deref());
        let mode = self.mode.is_some() && now.bits() != self.mode;
        if !user && !group && !mode {
            return;
        }
        let shown = |it: &Option<String>| it.clone().unwrap_or_default();
        let mut note = |name: &str, before: String, after: &str| {
            let (of, name, after) = (path.to_owned(), name.to_owned(), after.to_owned());
            todo.diff.push(Diff::Attribute { of, name, before, after });
        };
        if user {
            note("user", shown(&now.user), self.user);
        }
        if group {
            note("group", shown(&now.group), self.group.unwrap_or_default());
        }
        if mode {
            let digits = now.mode.map(|it| it.to_string()).unwrap_or_default();
            note("mode", digits, &format!("{:o}", self.mode.unwrap_or_default()));
        }
        if user || group {
            self.chown(todo, path, kind);
        }
        if mode {
            self.chmod(todo, path);
        }
        let after = Info {
            user: Some(self.user.to_owned()),
            group: self.group.map(str::to_owned).or_else(|| now.group.clone()),
            mode: self.mode.map(Info::digits).or(now.mode),
            ..now.clone()
        };
        todo.will_be(path, kind, after);
    }

    fn accepts(&self, group: Option<&str>) -> bool {
        group == self.group || (!self.exact && group == Some(self.user))
    }

    /// Gives a new path to the account.
    fn give(&self, todo: &mut Commands, path: &str, kind: EntryKind) {
        self.chown(todo, path, kind);
        self.chmod(todo, path);
    }

    /// A file below a user's own directory may have become a link to somebody else's file since it
    /// was looked at, so that links are not followed there.
    fn chown(&self, todo: &mut Commands, path: &str, kind: EntryKind) {
        let pair = self.pair();
        let mut flags = Shell::new();
        flags.flag("-h", kind != EntryKind::Directory);
        todo.run(sh!("chown {flags} -- {pair} {path}"));
    }

    fn chmod(&self, todo: &mut Commands, path: &str) {
        if let Some(mode) = self.mode {
            let digits = format!("{mode:o}");
            todo.run(sh!("chmod -- {digits} {path}"));
        }
    }
}

/// The first account that has the user id of this one: the name that `ls` and `stat` show for both.
pub(super) fn shown_owner<'a>(users: &'a IndexMap<String, User>, name: &str) -> Option<&'a str> {
    let uid = users.get(name)?.uid?;
    users.iter().find(|(_, it)| it.uid == Some(uid)).map(|(name, _)| name.as_str())
}

/// A directory that may have to be made, with the directories above it, and all below it.
pub(super) fn tree_and_above(path: &str) -> Vec<Scope> {
    let cuts = path.match_indices('/').map(|(at, _)| path.get(..at).unwrap_or_default());
    let above = cuts.filter(|it| !it.is_empty()).map(Scope::path);
    above.chain([Scope::tree(path)]).collect()
}

/// Homes of system accounts that programs share, or that are not meant to exist.
pub(super) fn belongs_to_system(home: &str) -> bool {
    let shared = ["/bin", "/sbin", "/usr", "/dev", "/proc", "/run", "/var/run", "/etc"];
    matches!(home, "" | "/" | "/nonexistent" | "/var" | "/var/empty")
        || shared.iter().any(|it| {
            home.strip_prefix(it).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_the_homes_that_are_not_a_users_own() {
        for (home, expected) in [
            ("/usr/sbin", true),
            ("/bin", true),
            ("/", true),
            ("/nonexistent", true),
            ("/home/kim", false),
            ("/srv/app", false),
            ("/var/lib/app", false),
            ("/binary", false),
        ] {
            assert_eq!(belongs_to_system(home), expected, "{home}");
        }
    }
}
