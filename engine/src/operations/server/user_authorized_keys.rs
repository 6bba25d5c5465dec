use std::sync::Arc;

use indexmap::IndexMap;

use super::paths::{Owned, shown_owner, tree_and_above};
use crate::args::OneOrMany;
use crate::bytes::encode;
use crate::command::{Content, Diff, Put};
use crate::facts::files::{Entry, EntryKind, File, Found, Text};
use crate::facts::server::{AuthorizedKeys, Home, User, Users};
use crate::operations::files::Predict;
use crate::{Args, Commands, Error, Host, Operation, Result, Scope, sh};

/// Say with which public keys one may log in as a user.
///
/// Keys are added to those that are there; with `delete_keys` the file has them alone, in their order. The directory (mode
/// 700) and the file (mode 600) belong to the user.
///
/// ```rhai
/// server.user_authorized_keys("app", "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKx kim@desk");
/// server.user_authorized_keys("deploy", ["keys/kim.pub", "keys/robin.pub"], #{ delete_keys: true });
/// ```
#[derive(Debug, Args)]
#[args("server.user_authorized_keys")]
pub(crate) struct UserAuthorizedKeys {
    /// Name of the user.
    pub(super) user: String,

    /// The keys: each the line of a key, or the path of a local file with such lines.
    pub(super) public_keys: OneOrMany<String>,

    /// Group of the directory and the file. Default: the user's own.
    pub(super) group: Option<String>,

    /// Remove all other keys.
    #[arg(default = false)]
    pub(super) delete_keys: bool,

    /// The directory of the file. Default: `.ssh` in the user's home directory.
    pub(super) authorized_key_directory: Option<String>,

    /// The file's name. Default: `authorized_keys`.
    pub(super) authorized_key_filename: Option<String>,
}

impl Operation for UserAuthorizedKeys {
    fn plan(&self, host: &Host<'_>) -> Result<Commands> {
        let keys = self.read_keys(host)?;
        if self.group.is_none() {
            host.want(&Users {});
        }
        let directory = self.directory(host)?;
        let path = format!("{}/{}", directory.trim_end_matches('/'), self.file_name());
        let now = AuthorizedKeys { user: self.user.clone(), path: Some(path.clone()) };
        host.want(&now);
        host.want(&Entry { path: directory.clone() });
        host.want(&Entry { path: path.clone() });
        let users = match self.group {
            Some(_) => Arc::default(),
            None => host.fact(&Users {})?,
        };
        let group = self.group(&users);
        let owned = |mode| Owned {
            user: &self.user,
            shown: shown_owner(&users, &self.user),
            group: group.as_deref(),
            exact: self.group.is_some(),
            mode: Some(mode),
        };
        let mut todo = owned(0o700).directory(host, &directory)?;
        let file = host.fact(&File::at(&path))?;
        let found = host.fact(&now)?;
        let wanted = self.wanted(&found, &keys);
        match &*file {
            Found::Here(info) if wanted == *found => {
                owned(0o600).adjust(&mut todo, &path, EntryKind::File, info);
            }
            Found::Here(_) => {
                let before = host.fact(&Text::at(&path))?.as_ref().clone().unwrap_or_default();
                let file = KeyFile { path: &path, owned: owned(0o600), before: Some(before) };
                self.write(&mut todo, file, &keys, wanted);
            }
            Found::Absent => {
                let file = KeyFile { path: &path, owned: owned(0o600), before: None };
                self.write(&mut todo, file, &keys, wanted);
            }
            Found::Other => {
                return Err(Error::failed(format!("{path} is there, but is not a file"))
                    .hint("remove it first"));
            }
        }
        if todo.is_empty() {
            return Ok(Commands::none(format!("{} has these keys", self.user)));
        }
        Ok(todo)
    }

    fn touches(&self) -> Vec<Scope> {
        match &self.authorized_key_directory {
            Some(directory) => tree_and_above(directory),
            None => vec![Scope::tree("/")],
        }
    }
}

impl UserAuthorizedKeys {
    fn directory(&self, host: &Host<'_>) -> Result<String> {
        if let Some(directory) = &self.authorized_key_directory {
            return Ok(directory.clone());
        }
        match host.fact(&Home { user: Some(self.user.clone()) })?.as_deref() {
            Some(home) => Ok(format!("{}/.ssh", home.trim_end_matches('/'))),
            None => Err(Error::failed(format!("user {} has no home directory", self.user))
                .hint("create the user first with server.user, or give authorized_key_directory")),
        }
    }

    fn file_name(&self) -> &str {
        self.authorized_key_filename.as_deref().unwrap_or("authorized_keys")
    }

    /// The group that the files should have; `None` where only the host will know.
    fn group(&self, users: &IndexMap<String, User>) -> Option<String> {
        let own = || users.get(&self.user).map(|user| user.group.clone());
        self.group.clone().or_else(|| own().filter(|it| !it.is_empty()))
    }

    /// The keys that were given, those from files among them, each once.
    fn read_keys(&self, host: &Host<'_>) -> Result<Vec<String>> {
        let mut keys: Vec<String> = Vec::new();
        for given in self.public_keys.iter().map(|it| it.trim()).filter(|it| !it.is_empty()) {
            let text = if is_path(given) || host.project().locate(given).is_some() {
                let file = host.file(given)?;
                file.text().ok_or_else(|| {
                    Error::usage(format!("`{given}` holds no text, so no public keys"))
                        .argument("public_keys")
                })?
            } else {
                given.into()
            };
            for key in text.lines().map(str::trim) {
                if !key.is_empty() && !key.starts_with('#') && !keys.iter().any(|it| it == key) {
                    keys.push(key.to_owned());
                }
            }
        }
        Ok(keys)
    }

    /// The keys as they will be: those of now and the missing ones, or only the given ones.
    fn wanted(&self, now: &[String], keys: &[String]) -> Vec<String> {
        if self.delete_keys {
            return keys.to_vec();
        }
        let missing = keys.iter().filter(|it| !now.contains(it));
        now.iter().chain(missing).cloned().collect()
    }

    /// Writes the file with all keys, atomically, so that nobody is locked out half way.
    fn write(&self, todo: &mut Commands, file: KeyFile<'_>, keys: &[String], wanted: Vec<String>) {
        let KeyFile { path, owned, before } = file;
        let kept = before.clone().filter(|_| !self.delete_keys).unwrap_or_default();
        let after = append(kept, keys);
        todo.put(Put {
            path: path.to_owned(),
            content: Content::Bytes(encode(&after).into()),
            mode: owned.mode,
            user: Some(self.user.clone()),
            group: owned.group.map(str::to_owned),
            ..Put::default()
        });
        if owned.group.is_none() {
            let pair = format!("{}:", self.user);
            todo.run(sh!("chown -h -- {pair} {path}"));
        }
        todo.diff.push(Diff::Text { path: path.to_owned(), before, after: Some(after.clone()) });
        todo.will_be(path, EntryKind::File, owned.info());
        todo.then(&Text::at(path), Some(after));
        todo.then(&AuthorizedKeys { user: self.user.clone(), path: Some(path.to_owned()) }, wanted);
    }
}

/// The file with a user's keys.
struct KeyFile<'a> {
    path: &'a str,
    owned: Owned<'a>,
    /// Its text; `None` where there is no file.
    before: Option<String>,
}

/// The text with the missing keys at its end, a line each.
fn append(mut text: String, keys: &[String]) -> String {
    for key in keys {
        if text.lines().any(|line| line.trim() == key) {
            continue;
        }
        if !text.is_empty() && !text.ends_with('\n') {
            text.push('\n');
        }
        text.push_str(key);
        text.push('\n');
    }
    text
}

/// Whether this can only be a path: a key has a kind, a gap and the key.
fn is_path(given: &str) -> bool {
    let one_word = !given.contains(char::is_whitespace);
    let extension = std::path::Path::new(given).extension();
    one_word
        && (extension.is_some_and(|it| it == "pub")
            || ["/", "./", "../", "~/"].iter().any(|it| given.starts_with(it)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_appended_on_a_line_of_its_own() {
        let keys = ["a 1".to_owned(), "b 2".to_owned()];
        for (text, expected) in [
            ("", "a 1\nb 2\n"),
            ("# mine\nb 2", "# mine\nb 2\na 1\n"),
            ("c 3\n", "c 3\na 1\nb 2\n"),
            ("a 1\nb 2\n", "a 1\nb 2\n"),
        ] {
            assert_eq!(append(text.to_owned(), &keys), expected);
        }
    }
}
