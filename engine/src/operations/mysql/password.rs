//! Whether a user has a password, told from its hash.

use sha1::{Digest, Sha1};

use crate::bytes::hexadecimal;
use crate::command::Secret;
use crate::facts::table::Row;

/// Whether the user has this password; `None` where the server keeps it in a form that cannot be compared.
///
/// `mysql_native_password` keeps `*` and the SHA-1 of the SHA-1 in hexadecimal.
/// <https://dev.mysql.com/doc/refman/8.4/en/native-pluggable-authentication.html>
pub(super) fn is_password(user: &Row, password: &Secret) -> Option<bool> {
    let columns = ["authentication_string", "Password"];
    let mut hashes = columns.into_iter().filter_map(|it| user.get(it)?.as_str());
    let hash = hashes.find(|it| it.starts_with('*') && it.len() == 41)?;
    let twice = Sha1::digest(Sha1::digest(password.reveal().as_bytes()));
    let own = hexadecimal(&twice).to_uppercase();
    Some(hash.strip_prefix('*') == Some(own.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn compares_what_can_be_compared() {
        // The example of the manual of PASSWORD().
        let hash = "*2470C0C06DEE42FD1618BB99005ADCA2EC9D1E19";
        let user = |column: &str, value: &str| Row::from_iter([(column.to_owned(), value.into())]);
        for (user, word, expected) in [
            (user("Password", hash), "password", Some(true)),
            (user("authentication_string", hash), "passwort", Some(false)),
            (user("authentication_string", "$A$005$x"), "password", None),
            (user("plugin", "unix_socket"), "password", None),
        ] {
            assert_eq!(is_password(&user, &Secret::new(word)), expected, "{user:?}");
        }
    }
}
