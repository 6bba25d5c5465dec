//! How keys get out of files.

use crate::facts::files::File;
use crate::facts::gpg::Keyring;
use crate::operations::files::{Predict, only_file};
use crate::{Commands, Error, Host, Result, sh};

/// Whether a wanted id is that of a key: its end, its start, or a fingerprint that ends in it.
pub(super) fn is_key(key: &str, wanted: &str) -> bool {
    let (key, wanted) = (key.to_ascii_uppercase(), wanted.to_ascii_uppercase());
    let wanted = wanted.strip_prefix("0X").unwrap_or(&wanted);
    !wanted.is_empty()
        && (key.ends_with(wanted) || key.starts_with(wanted) || wanted.ends_with(&key))
}

/// Removes a file.
pub(super) fn file(host: &Host<'_>, path: &str) -> Result<Commands> {
    only_file(host, path)?;
    if host.fact(&File::at(path))?.here().is_none() {
        return Ok(Commands::none(format!("{path} does not exist")));
    }
    let mut todo = Commands::default();
    remove(&mut todo, path);
    Ok(todo)
}

/// Removes keys from keyrings, and keyrings that are empty then.
pub(super) fn keys<'a>(
    keyrings: impl Iterator<Item = (&'a String, &'a Keyring)>,
    ids: &[String],
) -> Result<Commands> {
    let mut todo = Commands::default();
    for (path, ring) in keyrings {
        let found: Vec<&str> = ring
            .keys
            .iter()
            .filter(|(key, _)| ids.iter().any(|id| is_key(key, id)))
            .map(|(key, about)| about.fingerprint.as_deref().unwrap_or(key))
            .collect();
        let is_all = found.len() == ring.keys.len();
        match (found.as_slice(), is_all, ring.format.as_str()) {
            ([], ..) => {}
            (_, false, "asc") => {
                return Err(Error::failed(format!("{path} is text and holds other keys too"))
                    .hint("keys cannot be taken out of it; remove the file as a whole"));
            }
            (_, true, _) => remove(&mut todo, path),
            (some, ..) => {
                todo.run(sh!("gpg --batch --yes --no-default-keyring --keyring {path} \
                    --delete-keys {some}"));
                todo.attribute(path, "keys", some.join(", "), "");
            }
        }
    }
    if todo.is_empty() {
        return Ok(Commands::none(format!("no keyring holds {}", ids.join(", "))));
    }
    Ok(todo)
}

fn remove(todo: &mut Commands, path: &str) {
    todo.run(sh!("rm -f -- {path}"));
    todo.attribute(path, "present", "yes", "no");
    todo.will_be_absent(path);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_come_in_all_lengths() {
        let key = "8D81803C0EBFCD88";
        for (wanted, expected) in [
            ("0x0EBFCD88", true),
            ("8d81803c0ebfcd88", true),
            ("9DC858229FC7DD38854AE2D88D81803C0EBFCD88", true),
            ("12345678", false),
            ("0x", false),
        ] {
            assert_eq!(is_key(key, wanted), expected, "{wanted}");
        }
    }
}
