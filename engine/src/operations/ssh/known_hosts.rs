//! Whether a `known_hosts` file has a key of a host; sshd(8), "`SSH_KNOWN_HOSTS` FILE FORMAT".

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha1::Sha1;

use crate::pattern::Patterns;

/// The name of a host in such a file: with its port where that is another one.
pub(super) fn name(hostname: &str, port: u16) -> String {
    if port == 22 { hostname.to_owned() } else { format!("[{hostname}]:{port}") }
}

/// Whether a line has a key of the host.
pub(super) fn has(text: &str, name: &str) -> bool {
    text.lines().any(|line| {
        let mut words = line.split_whitespace();
        // `@revoked` and `@cert-authority` are no keys of a host.
        let names = words.next().filter(|it| !it.starts_with(['#', '@']));
        names.is_some_and(|names| is_meant(names, &name.to_lowercase()))
    })
}

/// Whether `a.example,*.example,!b.example` or a hashed name means the host.
fn is_meant(names: &str, name: &str) -> bool {
    if let Some(hashed) = names.strip_prefix("|1|") {
        return hashed.split_once('|').is_some_and(|(salt, hash)| is_hash(salt, hash, name));
    }
    let matches = |pattern: &str| {
        let literal = pattern.replace('[', "[[]").to_lowercase();
        Patterns::new(&[literal]).matches(name)
    };
    let negated = names.split(',').filter_map(|it| it.strip_prefix('!')).any(matches);
    !negated && names.split(',').any(matches)
}

fn is_hash(salt: &str, hash: &str, name: &str) -> bool {
    let (Ok(salt), Ok(hash)) = (STANDARD.decode(salt), STANDARD.decode(hash)) else { return false };
    let Ok(mut mac) = Hmac::<Sha1>::new_from_slice(&salt) else { return false };
    mac.update(name.as_bytes());
    mac.verify_slice(&hash).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_is_found_as_ssh_finds_it() {
        // The example of sshd(8)'s sources: 192.168.1.61.
        let hashed = "|1|F1E1KeoE/eEWhi10WpGv4OdiO6Y=|3988QV0VE8wmZL7suNrYQLITLCg=";
        for (names, hostname, port, expected) in [
            ("two.example,10.0.0.2", "10.0.0.2", 22, true),
            ("two.example", "Two.example", 22, true),
            ("two.example", "wo.example", 22, false),
            ("two.example", "two.example", 2222, false),
            ("[two.example]:2222", "two.example", 2222, true),
            ("*.example,!two.example", "two.example", 22, false),
            ("*.example", "two.example", 22, true),
            ("@revoked", "revoked", 22, false),
            ("#two.example", "two.example", 22, false),
            (hashed, "192.168.1.61", 22, true),
            (hashed, "192.168.1.62", 22, false),
        ] {
            let text = format!("\n{names} ssh-ed25519 AAAA\n");
            assert_eq!(has(&text, &name(hostname, port)), expected, "{names} {hostname}:{port}");
        }
    }
}
