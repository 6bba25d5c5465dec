//! The programs that keep accounts: shadow's `useradd` on Linux, `pw` on FreeBSD, the other BSDs' own.

use crate::command::Secret;
use crate::facts::server::{LinuxName, Which};
use crate::{Commands, Error, Host, Result, Shell, sh};

/// Which family of programs a host has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum AccountTools {
    /// `useradd`, `usermod`, `groupadd`, `chpasswd`: Linux.
    Shadow,
    /// `pw`: FreeBSD.
    Pw,
    /// `useradd`, `usermod`, `groupadd` of other flags: OpenBSD, NetBSD.
    Bsd,
}

impl AccountTools {
    /// The programs of an operating system.
    pub(super) fn of(os: Option<&str>) -> Self {
        match os {
            Some("FreeBSD" | "DragonFly") => Self::Pw,
            Some(os) if os.contains("BSD") => Self::Bsd,
            _ => Self::Shadow,
        }
    }

    /// Whether accounts can be made as system accounts.
    pub(super) fn knows_system_accounts(self) -> bool {
        self == Self::Shadow
    }

    pub(super) fn add_group(self, flags: &Shell, group: &str) -> Shell {
        if self == Self::Pw {
            sh!("pw groupadd -n {group} {flags}")
        } else {
            sh!("groupadd {flags} {group}")
        }
    }

    pub(super) fn remove_group(self, group: &str) -> Shell {
        if self == Self::Pw { sh!("pw groupdel -n {group}") } else { sh!("groupdel {group}") }
    }

    pub(super) fn add_user(self, flags: &Shell, user: &str) -> Shell {
        if self == Self::Pw {
            sh!("pw useradd -n {user} {flags}")
        } else {
            sh!("useradd {flags} {user}")
        }
    }

    pub(super) fn change_user(self, flags: &Shell, user: &str) -> Shell {
        if self == Self::Pw {
            sh!("pw usermod -n {user} {flags}")
        } else {
            sh!("usermod {flags} {user}")
        }
    }

    pub(super) fn remove_user(self, user: &str) -> Shell {
        if self == Self::Pw { sh!("pw userdel -n {user}") } else { sh!("userdel {user}") }
    }

    /// The flags of [`change_user`](Self::change_user) that put a user into groups: these besides
    /// those of now, or these only.
    pub(super) fn groups(self, flags: &mut Shell, now: &[String], wanted: &[String], append: bool) {
        let list = wanted.join(",");
        match (self, append) {
            (Self::Shadow, true) => flags.flag("-a", true).opt("-G", Some(list)),
            (Self::Pw, true) => {
                let more = wanted.iter().filter(|it| !now.contains(it));
                let all: Vec<&str> = now.iter().chain(more).map(String::as_str).collect();
                flags.opt("-G", Some(all.join(",")))
            }
            // OpenBSD's -G adds, its -S sets.
            (Self::Bsd, false) => flags.opt("-S", Some(list)),
            _ => flags.opt("-G", Some(list)),
        };
    }

    /// Gives an account a password hash, which goes over standard input: everyone on the host can
    /// read the arguments of a program.
    pub(super) fn set_password(self, todo: &mut Commands, user: &str, hash: &Secret) -> Result<()> {
        let hash = hash.reveal();
        if hash.contains([':', '\n']) {
            return Err(Error::usage("a password hash holds neither `:` nor a line's end")
                .hint("give the hash, as `openssl passwd -6` prints it, not the password")
                .argument("password"));
        }
        match self {
            Self::Shadow => {
                let line = Secret::new(format!("{user}:{hash}\n"));
                todo.run_with_input(sh!("chpasswd -e"), line);
            }
            Self::Pw => {
                let line = Secret::new(format!("{hash}\n"));
                todo.run_with_input(sh!("pw usermod -n {user} -H 0"), line);
            }
            Self::Bsd => {
                return Err(Error::failed(
                    "this system's `usermod` takes a password only where all users can read it",
                )
                .hint("set it with `vipw`, or let the user log in with a key")
                .argument("password"));
            }
        }
        Ok(())
    }
}

/// An error where the program is missing, as it is on a bare Alpine.
pub(super) fn require(host: &Host<'_>, os: Option<&str>, program: &str) -> Result<()> {
    if os != Some("Linux") || host.fact(&Which::program(program))?.exists() {
        return Ok(());
    }
    let hint = match host.fact(&LinuxName {})?.as_deref() {
        Some("Alpine") => "install the package `shadow` first: apk.packages(\"shadow\")",
        _ => "install the package that holds it first: `shadow`, `shadow-utils` or `passwd`",
    };
    Err(Error::failed(format!("{program} is not installed")).hint(hint))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_system_has_its_flags_for_groups() {
        let names = |list: &[&str]| list.iter().map(|it| (*it).to_owned()).collect::<Vec<_>>();
        let (now, wanted) = (names(&["a", "b"]), names(&["b", "c"]));
        for (os, append, expected) in [
            ("Linux", false, "-G b,c"),
            ("Linux", true, "-a -G b,c"),
            ("FreeBSD", false, "-G b,c"),
            ("FreeBSD", true, "-G a,b,c"),
            ("OpenBSD", false, "-S b,c"),
            ("OpenBSD", true, "-G b,c"),
        ] {
            let mut flags = Shell::new();
            AccountTools::of(Some(os)).groups(&mut flags, &now, &wanted, append);
            assert_eq!(flags.to_string(), expected, "{os} {append}");
        }
    }

    #[test]
    fn a_password_is_never_an_argument() {
        let hash = Secret::new("$6$salt$hash-in-test");
        for os in ["Linux", "FreeBSD"] {
            let mut todo = Commands::default();
            AccountTools::of(Some(os)).set_password(&mut todo, "kim", &hash).unwrap();
            let [crate::command::Command::Run { line, stdin: Some(stdin), .. }] =
                todo.list.as_slice()
            else {
                panic!("{os}: {todo:?}")
            };
            assert!(!line.reveal().contains("hash"), "{os}: {}", line.reveal());
            assert!(stdin.reveal().ends_with("$6$salt$hash-in-test\n"), "{os}");
        }
        let mut todo = Commands::default();
        assert!(AccountTools::Bsd.set_password(&mut todo, "kim", &hash).is_err());
        let two_lines = Secret::new("x\nroot:y");
        assert!(AccountTools::Shadow.set_password(&mut todo, "kim", &two_lines).is_err());
    }
}
