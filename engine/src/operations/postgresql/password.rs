//! Whether a role has a password, told from its hash.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use md5::Md5;
use sha2::{Digest, Sha256};

use crate::bytes::hexadecimal;
use crate::command::Secret;

/// The most rounds that are computed for a comparison; servers do 4096 unless told otherwise.
const ROUNDS: u32 = 1_000_000;

/// Whether the hash that the server keeps for a role is that of a password.
///
/// RFC 5802 and RFC 7677 for SCRAM; else `md5` with the MD5 of password and role.
/// <https://www.postgresql.org/docs/current/catalog-pg-authid.html>
pub(super) fn is_password(role: &str, hash: &Secret, password: &Secret) -> bool {
    let hash = hash.reveal();
    match hash.strip_prefix("md5") {
        Some(hash) => {
            let digest = Md5::digest([password.reveal(), role].concat());
            hash == hexadecimal(&digest)
        }
        None => is_scram(hash, password).unwrap_or(false),
    }
}

/// `SCRAM-SHA-256$ROUNDS:SALT$STORED-KEY:SERVER-KEY`
fn is_scram(hash: &str, password: &Secret) -> Option<bool> {
    let (rounds, rest) = hash.strip_prefix("SCRAM-SHA-256$")?.split_once(':')?;
    let (salt, keys) = rest.split_once('$')?;
    let (stored, _) = keys.split_once(':')?;
    let rounds: u32 = rounds.parse().ok().filter(|it| (1..=ROUNDS).contains(it))?;
    let salted = salted(password, &BASE64_STANDARD.decode(salt).ok()?, rounds)?;
    let client_key = hmac(&salted, &[b"Client Key"])?;
    Some(BASE64_STANDARD.decode(stored).ok()? == Sha256::digest(client_key).as_slice())
}

/// PBKDF2 with HMAC-SHA-256, one block.
fn salted(password: &Secret, salt: &[u8], rounds: u32) -> Option<[u8; 32]> {
    let key = password.reveal().as_bytes();
    let mut last = hmac(key, &[salt, &1u32.to_be_bytes()])?;
    let mut sum = last;
    for _ in 1..rounds {
        last = hmac(key, &[&last])?;
        for (byte, other) in sum.iter_mut().zip(last) {
            *byte ^= other;
        }
    }
    Some(sum)
}

fn hmac(key: &[u8], parts: &[&[u8]]) -> Option<[u8; 32]> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).ok()?;
    for part in parts {
        mac.update(part);
    }
    Some(mac.finalize().into_bytes().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_a_password_by_its_hash() {
        // Salt, rounds and password of the example in RFC 7677; the keys follow from them.
        let scram = "SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$\
            WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=";
        let md5 = "md5a3556571e93b0d20722ba62be61e8c2d";
        for (role, hash, word, expected) in [
            ("user", scram, "pencil", true),
            ("user", scram, "pencils", false),
            ("postgres", md5, "password", false),
            ("user", "SCRAM-SHA-256$x", "pencil", false),
            ("user", "", "", false),
        ] {
            let found = is_password(role, &Secret::new(hash), &Secret::new(word));
            assert_eq!(found, expected, "{hash} {word}");
        }
    }
}
