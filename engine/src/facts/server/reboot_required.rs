use crate::{Args, Fact, Result, Shell};

/// Whether the host waits for a restart: the installed kernel is not the running one, or, on Debian
/// and its relatives, a package has asked for it.
///
/// ```rhai
/// if host.fact("server.reboot_required") { server.reboot(); }
/// ```
#[derive(Clone, Debug, Args)]
#[args("server.reboot_required")]
pub struct RebootRequired {}

const COMMAND: &str = r#"case $(uname -s) in
Linux)
    if [ -f /etc/alpine-release ]; then
        test "$(ls -1 /lib/modules 2>/dev/null | sort -V | tail -n 1)" = "$(uname -r)"
    else
        ! test -f /var/run/reboot-required && ! test -f /var/run/reboot-required.pkgs
    fi ;;
FreeBSD) test "$(freebsd-version -r)" = "$(freebsd-version -k)" ;;
*) true ;;
esac && echo no_reboot_required || echo reboot_required"#;

impl Fact for RebootRequired {
    type Output = bool;

    fn command(&self) -> Shell {
        Shell::raw(COMMAND)
    }

    fn parse(&self, output: &str) -> Result<Self::Output> {
        Ok(output.trim() == "reboot_required")
    }
}
