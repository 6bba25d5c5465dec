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

/// What helps against the failure of the command whose output is the last one.
pub(super) fn way_out(outputs: &[Output], has_rights: bool) -> Option<&'static str> {
    let last = outputs.last()?;
    let said = String::from_utf8_lossy(&last.stderr).to_lowercase();
    let found = WAYS.iter().find(|(words, _)| said.contains(words));
    if let Some((_, way)) = found {
        return Some(way);
    }
    if !has_rights && RIGHTS.iter().any(|it| said.contains(it)) {
        return Some("`_sudo: true` (or --sudo) runs it as root");
    }
    if has_rights && said.contains("operation not permitted") {
        return Some("is it immutable? `lsattr` tells, `chattr -i` ends that");
    }
    // 128 and the number of the signal.
    (last.code == 137).then_some("it was killed; for want of memory? the host's `dmesg` tells")
}
