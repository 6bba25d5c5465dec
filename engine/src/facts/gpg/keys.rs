//! What `gpg --with-colons` prints. The format is `GnuPG`'s doc/DETAILS: fields are counted from 1 there.

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

/// Keys by id.
pub type Keys = IndexMap<String, Key>;

/// One key.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Key {
    /// Whether it is valid, as a letter.
    pub validity: String,
    /// Its length in bits.
    pub length: i64,
    /// Its subkeys by id.
    pub subkeys: IndexMap<String, Subkey>,
    /// Its fingerprint.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fingerprint: Option<String>,
    /// A hash of whose it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub uid_hash: Option<String>,
    /// Whose it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub uid: Option<String>,
}

/// One subkey.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Subkey {
    /// Whether it is valid, as a letter.
    pub validity: String,
    /// Its length in bits.
    pub length: i64,
    /// Its fingerprint.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fingerprint: Option<String>,
}

/// The records that begin a key and a subkey.
pub(super) const PUBLIC: (&str, &str) = ("pub", "sub");
/// The same for secret keys.
pub(super) const SECRET: (&str, &str) = ("sec", "ssb");

/// Reads keys; other records are passed over.
pub(super) fn read(output: &str, (key_record, subkey_record): (&str, &str)) -> Keys {
    let mut keys = Keys::new();
    for line in output.lines() {
        let fields: Vec<&str> = line.trim().split(':').collect();
        let field = |number: usize| fields.get(number - 1).copied().unwrap_or_default().to_owned();
        let length = || field(3).parse().unwrap_or_default();
        let record = field(1);
        if record == key_record {
            let key = Key { validity: field(2), length: length(), ..Key::default() };
            keys.insert(field(5), key);
            continue;
        }
        let Some((_, key)) = keys.last_mut() else { continue };
        if record == subkey_record {
            let subkey = Subkey { validity: field(2), length: length(), fingerprint: None };
            key.subkeys.insert(field(5), subkey);
        } else if record == "fpr" {
            let newest = key.subkeys.last_mut().map(|(_, subkey)| &mut subkey.fingerprint);
            *newest.unwrap_or(&mut key.fingerprint) = Some(field(10));
        } else if record == "uid" {
            key.uid_hash = Some(field(8));
            key.uid = Some(field(10));
        }
    }
    keys
}
