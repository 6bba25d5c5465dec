//! Keys that packages are signed with, in the database of rpm.

use crate::facts::gpg::GpgKey;
use crate::facts::rpm::RpmPackages;
use crate::{Commands, Host, Result, sh};

/// Imports the keys of a file or an address, unless all of them are there. Where the host has no gpg to
/// tell which keys these are, they are imported every time.
pub(crate) fn import(host: &Host<'_>, src: &str) -> Result<Commands> {
    let keys = GpgKey { src: src.to_owned() };
    host.want(&RpmPackages {});
    let keys = host.fact(&keys)?;
    let installed = host.fact(&RpmPackages {})?;
    let there = installed.versions("gpg-pubkey").unwrap_or_default();
    let ids: Vec<String> =
        keys.iter().flat_map(|keys| keys.keys()).map(|id| id.to_lowercase()).collect();
    if !ids.is_empty() && ids.iter().all(|id| there.iter().any(|it| is_key(it, id))) {
        return Ok(Commands::none(format!("the keys of {src} are there")));
    }
    let mut todo = Commands::from(sh!("rpm --import {src}"));
    todo.attribute("rpm", "keys", "", src);
    Ok(todo)
}

/// Whether `8483c65d-5ccc5b19`, or the fingerprint that newer versions of rpm put in its place, is the key
/// with that id.
fn is_key(package: &str, id: &str) -> bool {
    let version = package.split('-').next().unwrap_or(package).to_lowercase();
    version.len() >= 8 && (id.ends_with(&version) || version.ends_with(id))
}

/// An operation that imports keys: its manual and its name.
macro_rules! key {
    ($(#[$doc:meta])* $name:literal) => {
        $(#[$doc])*
        #[derive(Debug, crate::Args)]
        #[args($name)]
        pub(crate) struct Key {
            /// Path of a file on the host, or an address.
            src: String,
        }

        impl crate::Operation for Key {
            fn plan(&self, host: &crate::Host<'_>) -> crate::Result<crate::Commands> {
                crate::operations::rpm::key::import(host, &self.src)
            }
        }
    };
}

pub(crate) use key;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_a_key_by_the_end_of_its_id() {
        for (package, id, expected) in [
            ("8483c65d-5ccc5b19", "05b555b38483c65d", true),
            ("8483c65d-5ccc5b19", "05b555b38483c65e", false),
            ("99db70fae1d7ce227fb6488205b555b38483c65d-5ccc5b19", "05b555b38483c65d", true),
        ] {
            assert_eq!(is_key(package, id), expected, "{package} {id}");
        }
    }
}
