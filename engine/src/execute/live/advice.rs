//! Ways out of what a failed command complains about, where its own words do not name one.

use crate::command::Output;

/// What programs say, in small letters, and what helps. The first that is found counts.
const WAYS: &[(&str, &str)] = &[
    ("no space left on device", "make room there, or free inodes: `df -h` and `df -i` tell which"),
    ("disk quota exceeded", "make room there: the account has used up its quota"),
    (
        "read-only file system",
        "it is mounted read-only; after a disk error the kernel does that, see `dmesg`",
    ),
    (
        "could not get lock",
        "another package manager is at work; try again when it is done, or give `_retries`",
    ),
    ("dpkg was interrupted", "server.shell(\"dpkg --configure -a\") finishes what was interrupted"),
    ("text file busy", "the program is running; stop it before"),
    (
        "device or resource busy",
        "it is mounted or in use; `findmnt` and `fuser -vm` tell where and by whom",
    ),
    ("exec format error", "it is made for another kind of machine than `uname -m` tells"),
    (
        "sudo: a terminal is required",
        "leave out `sudo` and give `_sudo: true`, with `_sudo_password` where sudo asks for one",
    ),
    (
        "sudo: a password is required",
        "leave out `sudo` and give `_sudo: true`, with `_sudo_password` where sudo asks for one",
    ),
    (
        "connection timed out",
        "the host cannot reach that server; see its network, proxy and firewall",
    ),
    (
        "temporary failure in name resolution",
        "the host cannot look up names; see its /etc/resolv.conf",
    ),
    ("temporary failure resolving", "the host cannot look up names; see its /etc/resolv.conf"),
];

/// What a command may complain of that runs without the rights it needs.
const RIGHTS: &[&str] =
    &["permission denied", "operation not permitted", "are you root", "must be root"];

/// 126 is a program that is there and cannot be started.
const NOT_EXECUTABLE: &str =
    "is it executable (`chmod +x`), and is its file system not mounted `noexec`?";

const ROOT_IS_REFUSED: &str = "root is refused by SELinux (`ausearch -m avc -ts recent` tells), AppArmor (`dmesg`) \
                               or a network file system (`root_squash`)";

/// What the account may do that a command runs as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rights {
    /// All: it is root's.
    Root,
    /// What the user may do that the operation names.
    Named,
    /// What whoever has logged in may do.
    Login,
}

/// What helps against the failure of the command whose output is the last one.
pub(super) fn way_out(outputs: &[Output], rights: Rights) -> Option<&'static str> {
    let last = outputs.last()?;
    let said = String::from_utf8_lossy(&last.stderr).to_lowercase();
    let found = WAYS.iter().find(|(words, _)| said.contains(words));
    if let Some((_, way)) = found {
        return Some(way);
    }
    if rights == Rights::Login && RIGHTS.iter().any(|it| said.contains(it)) {
        return Some("`_sudo: true` (or --sudo) runs it as root");
    }
    if rights != Rights::Login && said.contains("operation not permitted") {
        return Some("is it immutable? `lsattr` tells, `chattr -i` ends that");
    }
    // Not what other programs go on with: `Permission denied (publickey)`, `permission denied for table`.
    if said.lines().any(|line| line.trim_end().ends_with("permission denied")) {
        match (rights, last.code) {
            (_, 126) => return Some(NOT_EXECUTABLE),
            (Rights::Root, _) => return Some(ROOT_IS_REFUSED),
            _ => {}
        }
    }
    // 128 and the number of the signal.
    (last.code == 137).then_some("it was killed; for want of memory? the host's `dmesg` tells")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn advises_by_what_is_said_and_who_says_it() {
        for (said, code, rights, expected) in [
            ("tee: /x: Read-only file system", 1, Rights::Root, "mounted read-only"),
            ("rm: cannot remove '/m': Device or resource busy", 1, Rights::Root, "findmnt"),
            ("sh: 1: ./x: Exec format error", 126, Rights::Root, "another kind of machine"),
            (
                "sudo: a terminal is required to read the password; either use the -S option\n\
                 sudo: a password is required",
                1,
                Rights::Login,
                "leave out `sudo`",
            ),
            ("touch: cannot touch '/x': Permission denied", 1, Rights::Login, "`_sudo: true`"),
            ("touch: cannot touch '/x': Permission denied", 1, Rights::Named, ""),
            ("touch: cannot touch '/x': Permission denied", 1, Rights::Root, "SELinux"),
            ("sh: 1: ./x.sh: Permission denied", 126, Rights::Named, "chmod +x"),
            ("git@example.org: Permission denied (publickey).", 128, Rights::Root, ""),
            ("rm: cannot remove '/x': Operation not permitted", 1, Rights::Root, "immutable"),
            ("", 137, Rights::Login, "for want of memory"),
        ] {
            let stderr = said.as_bytes().to_vec();
            let output = Output { stdout: Vec::new(), stderr, code };
            let way = way_out(&[output], rights).unwrap_or_default();
            assert_eq!(way.is_empty(), expected.is_empty(), "{said}: {way}");
            assert!(way.contains(expected), "{said}: {way}");
        }
    }
}
