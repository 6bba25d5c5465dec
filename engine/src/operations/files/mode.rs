//! What a mode makes of the permission bits that are there.

use crate::args::Mode;

/// The usual umask: a clause without `u`, `g`, `o` or `a` leaves these bits alone.
const UMASK: u32 = 0o022;

/// The permission bits that `mode` asks for, where `now` is there.
pub(super) fn resolve(mode: &Mode, now: u32, is_directory: bool) -> u32 {
    match mode {
        Mode::Bits(bits) => *bits,
        Mode::Symbolic(text) => {
            text.split(',').fold(now, |bits, clause| apply(clause, bits, is_directory))
        }
    }
}

/// One clause of a symbolic mode, as POSIX chmod defines it: `go-w`, `u=rwX`, `g=u`, `+x`.
fn apply(clause: &str, mut bits: u32, is_directory: bool) -> u32 {
    let split = clause.find(['+', '-', '=']).unwrap_or(clause.len());
    let (who, actions) = clause.split_at(split);
    let (who, mask) = match who {
        "" => ("ugo".to_owned(), UMASK),
        who => (who.replace('a', "ugo"), 0),
    };
    let reach = class_bits(&who, 0o7) | special_bits(&who);
    let mut rest = actions;
    while let Some(action) = rest.chars().next() {
        let tail = rest.get(1..).unwrap_or_default();
        let end = tail.find(['+', '-', '=']).unwrap_or(tail.len());
        let (permissions, next) = tail.split_at(end);
        let wanted = permission_bits(permissions, &who, bits, is_directory) & !mask;
        bits = match action {
            '+' => bits | wanted,
            '-' => bits & !wanted,
            // Directories keep what only `chmod g-s` takes away.
            _ if is_directory => (bits & !(reach & 0o777)) | wanted,
            _ => (bits & !reach) | wanted,
        };
        rest = next;
    }
    bits
}

/// `rwx`-style bits for the classes in `who`.
fn class_bits(who: &str, bits: u32) -> u32 {
    let shift = |it| match it {
        'u' => 6,
        'g' => 3,
        _ => 0,
    };
    who.chars().map(|it| bits << shift(it)).fold(0, |all, it| all | it)
}

fn special_bits(who: &str) -> u32 {
    let special = |it| match it {
        'u' => 0o4000,
        'g' => 0o2000,
        _ => 0o1000,
    };
    who.chars().map(special).fold(0, |all, it| all | it)
}

fn permission_bits(permissions: &str, who: &str, now: u32, is_directory: bool) -> u32 {
    permissions
        .chars()
        .map(|it| match it {
            'r' => class_bits(who, 0o4),
            'w' => class_bits(who, 0o2),
            'x' => class_bits(who, 0o1),
            'X' if is_directory || now & 0o111 != 0 => class_bits(who, 0o1),
            's' => special_bits(who) & 0o6000,
            't' => 0o1000,
            'u' => class_bits(who, (now >> 6) & 0o7),
            'g' => class_bits(who, (now >> 3) & 0o7),
            'o' => class_bits(who, now & 0o7),
            _ => 0,
        })
        .fold(0, |all, it| all | it)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn means_what_chmod_means() {
        for (mode, now, is_directory, expected) in [
            ("u+x", 0o644, false, 0o744),
            ("+x", 0o644, false, 0o755),
            ("+w", 0o444, false, 0o644),
            ("a+w", 0o444, false, 0o666),
            ("go-rwx", 0o755, false, 0o700),
            ("u=rw,go=r", 0o777, false, 0o644),
            ("a=rX", 0o700, false, 0o555),
            ("a=rX", 0o600, false, 0o444),
            ("a=rX", 0o600, true, 0o555),
            ("g=u", 0o640, false, 0o660),
            ("u+s,+t", 0o755, true, 0o5755),
            ("g-s", 0o2755, true, 0o755),
            ("u=rwx", 0o4755, false, 0o755),
            ("g=rx", 0o2775, true, 0o2755),
            ("u+r-w", 0o200, false, 0o400),
        ] {
            let mode = Mode::Symbolic(mode.to_owned());
            let found = resolve(&mode, now, is_directory);
            assert_eq!(found, expected, "{mode} of {now:o} is {found:o}");
        }
    }
}
