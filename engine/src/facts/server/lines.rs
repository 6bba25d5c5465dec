//! Facts whose answer is the text that a command prints: `()` where it prints nothing.

use std::sync::Arc;

use crate::{Args, Ask, Fact, Host, Result, Scope, Shell};

macro_rules! lines {
    ($($(#[$doc:meta])* $fact:ident $name:literal $command:tt reads $scope:expr;)*) => { $(
        $(#[$doc])*
        #[derive(Clone, Debug, Args)]
        #[args($name)]
        pub struct $fact {}

        impl Fact for $fact {
            type Output = Option<String>;

            fn command(&self) -> Shell {
                Shell::raw($command)
            }

            fn parse(&self, output: &str) -> Result<Self::Output> {
                Ok(text(output))
            }

            fn reads(&self) -> Vec<Scope> {
                vec![$scope]
            }
        }
    )* };
}

/// Asked in nearly every run, so the shell reads it itself where it can: a process costs more.
const LINUX_OR_UNAME: &str =
    r#"{ read -r it </proc/sys/kernel/ostype; } 2>/dev/null && echo "$it" || uname -s"#;

lines! {
    /// The name of the account that commands run as.
    ///
    /// ```rhai
    /// if host.fact("server.user") != "root" { host.log("not root"); }
    /// ```
    CurrentUser "server.user" "id -un" reads Scope::ACCOUNTS;

    /// The directories in which the account's programs are looked for, joined by colons.
    ///
    /// ```rhai
    /// if !host.fact("server.path").contains("/usr/local/bin") { host.log("no local programs"); }
    /// ```
    Path "server.path" r#"echo "$PATH""# reads Scope::SYSTEM;

    /// The host's own name.
    ///
    /// ```rhai
    /// host.log(`this is ${host.fact("server.hostname")}`);
    /// ```
    Hostname "server.hostname" "uname -n" reads Scope::Topic("hostname");

    /// The name of the kernel: `Linux`, `FreeBSD`, `Darwin`.
    ///
    /// ```rhai
    /// if host.fact("server.kernel") == "Linux" { server.modprobe("br_netfilter"); }
    /// ```
    Kernel "server.kernel" LINUX_OR_UNAME reads Scope::SYSTEM;

    /// The release of the running kernel.
    ///
    /// ```rhai
    /// host.log(host.fact("server.kernel_version"));
    /// ```
    KernelVersion "server.kernel_version" "uname -r" reads Scope::SYSTEM;

    /// The architecture: `x86_64`, `aarch64`.
    ///
    /// ```rhai
    /// let suffix = if host.fact("server.arch") == "aarch64" { "arm64" } else { "amd64" };
    /// ```
    Arch "server.arch" "uname -m" reads Scope::SYSTEM;

    /// The version of macOS; `()` on other systems.
    ///
    /// ```rhai
    /// if host.fact("server.macos_version") != () { host.log("a Mac"); }
    /// ```
    MacosVersion "server.macos_version"
        "if command -v sw_vers >/dev/null 2>&1; then sw_vers -productVersion; fi"
        reads Scope::SYSTEM;

    /// The time zone: `Europe/Amsterdam`.
    ///
    /// It is read from the link `/etc/localtime`, or from `/etc/timezone` where that is no link into
    /// the zone files; `()` where neither says.
    ///
    /// ```rhai
    /// if host.fact("server.timezone") != "Etc/UTC" { host.log("logs are in local time"); }
    /// ```
    Timezone "server.timezone"
        r#"for zone in "$(readlink /etc/localtime)" "$(readlink -f /etc/localtime)"; do case $zone in */zoneinfo/*) echo "${zone##*/zoneinfo/}"; exit 0;; esac; done; cat /etc/timezone 2>/dev/null || true"#
        reads Scope::tree("/etc");
}

/// The directory for temporary files: the first of `$TMPDIR`, `$TMP` and `$TEMP` that is a directory
/// in which the account may write; empty where none is set.
///
/// ```rhai
/// let folder = host.fact("server.tmp_dir");
/// if folder == "" { folder = "/tmp"; }
/// ```
#[derive(Clone, Debug, Args)]
#[args("server.tmp_dir")]
pub struct TmpDir {}

impl TmpDir {
    /// The directory on the host for an operation's temporary files: `_temp_dir`, else the host's own.
    pub(crate) fn of(host: &Host<'_>) -> Result<String> {
        if let Some(given) = &host.context().temp_dir {
            return Ok(given.trim_end_matches('/').to_owned());
        }
        let own = host.fact(&Self {})?;
        Ok(if own.is_empty() { "/tmp".to_owned() } else { own.to_string() })
    }
}

impl Fact for TmpDir {
    type Output = String;

    fn command(&self) -> Shell {
        Shell::raw(
            "for it in \"$TMPDIR\" \"$TMP\" \"$TEMP\"; do \
            if [ -n \"$it\" ] && [ -d \"$it\" ] && [ -w \"$it\" ]; then echo \"$it\"; break; fi; done",
        )
    }

    fn parse(&self, output: &str) -> Result<Self::Output> {
        Ok(text(output).unwrap_or_default())
    }

    fn reads(&self) -> Vec<Scope> {
        vec![Scope::SYSTEM]
    }
}

macro_rules! renamed {
    ($($(#[$doc:meta])* $fact:ident $name:literal is $other:ident;)*) => { $(
        $(#[$doc])*
        #[derive(Clone, Debug, Args)]
        #[args($name)]
        pub struct $fact {}

        impl Ask for $fact {
            type Output = Option<String>;

            fn find(&self, host: &Host<'_>) -> Result<Arc<Self::Output>> {
                host.fact(&$other {})
            }
        }
    )* };
}

renamed! {
    /// The older name of `server.kernel`.
    ///
    /// ```rhai
    /// if host.fact("server.os") == "FreeBSD" { host.log("pkg it is"); }
    /// ```
    Os "server.os" is Kernel;

    /// The older name of `server.kernel_version`.
    ///
    /// ```rhai
    /// host.log(host.fact("server.os_version"));
    /// ```
    OsVersion "server.os_version" is KernelVersion;
}

/// What was printed, without the last line's end.
pub(super) fn text(output: &str) -> Option<String> {
    let text = output.trim_end_matches('\n');
    (!text.is_empty()).then(|| text.to_owned())
}
