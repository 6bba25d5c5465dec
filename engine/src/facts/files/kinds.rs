//! `files.file`, `files.directory`, `files.link`, `files.socket`: the same look at a path, each
//! telling its own kind from others. They share one question, [`Entry`].

use std::sync::Arc;

use super::{Entry, EntryInfo, EntryKind, Found};
use crate::facts::server::Home;
use crate::{Args, Ask, Host, Result, Scope};

macro_rules! kinds {
    ($($(#[$doc:meta])* $fact:ident $name:literal $kind:ident)*) => { $(
        $(#[$doc])*
        #[derive(Clone, Debug, Args)]
        #[args($name)]
        pub struct $fact {
            /// The path; `~/` is the home directory.
            pub path: String,
        }

        impl $fact {
            /// The question about `path` as an operation means it: literally.
            pub fn at(path: impl Into<String>) -> Self {
                let path = path.into();
                Self { path: if path.starts_with("~/") { format!("./{path}") } else { path } }
            }
        }

        impl Ask for $fact {
            type Output = Found;

            fn find(&self, host: &Host<'_>) -> Result<Arc<Found>> {
                let entry = look(&self.path, host)?;
                Ok(Arc::new(Found::of(entry.as_ref().as_ref(), EntryKind::$kind)))
            }

            fn depends_on(&self) -> Vec<Scope> {
                let somewhere = self.path.starts_with("~/");
                vec![if somewhere { Scope::Anything } else { Scope::path(&self.path) }]
            }
        }
    )* };
}

fn look(path: &str, host: &Host<'_>) -> Result<Arc<Option<EntryInfo>>> {
    let Some(below) = path.strip_prefix("~/") else {
        return host.fact(&Entry { path: path.to_owned() });
    };
    let home = host.fact(&Home { user: None })?;
    let home = home.as_ref().as_deref().unwrap_or("~");
    host.fact(&Entry { path: format!("{home}/{below}") })
}

kinds! {
    /// A regular file: `()` where nothing is, `false` where something else is, else its owner, mode,
    /// size and times.
    ///
    /// ```rhai
    /// let conf = host.fact("files.file", "/etc/hostname");
    /// if conf != () { host.log(`mode ${conf.mode}`); }
    /// ```
    File "files.file" File

    /// A directory: `()` where nothing is, `false` where something else is, else its owner and mode.
    ///
    /// ```rhai
    /// if host.fact("files.directory", "/srv/app") == () { host.log("not there yet"); }
    /// ```
    Directory "files.directory" Directory

    /// A symbolic link: `()` where nothing is, `false` where something else is, else its target and
    /// owner.
    ///
    /// ```rhai
    /// let current = host.fact("files.link", "/srv/app/current");
    /// if current != () { host.log(current.link_target); }
    /// ```
    Link "files.link" Link

    /// A socket: `()` where nothing is, `false` where something else is, else its owner and mode.
    ///
    /// ```rhai
    /// let there = host.fact("files.socket", "/run/app.sock") != ();
    /// ```
    Socket "files.socket" Socket
}
