use indexmap::IndexMap;

use crate::facts::sysvinit::statuses;
use crate::{Args, Fact, Result, Scope, Shell};

/// The services of a BSD by name, each with whether it runs; `()` where its script does not tell.
///
/// ```rhai
/// if host.fact("bsdinit.rcd_status")["sshd"] { host.log("ssh is up"); }
/// ```
#[derive(Clone, Debug, Args)]
#[args("bsdinit.rcd_status")]
pub struct RcdStatus {}

/// OpenBSD's scripts say `check` where the others say `status`.
const COMMAND: &str = "for script in /etc/rc.d/* /usr/local/etc/rc.d/*; do \
    if [ -f \"$script\" ]; then \"$script\" status >/dev/null 2>&1 </dev/null \
    || \"$script\" check >/dev/null 2>&1 </dev/null; echo \"${script##*/}=$?\"; fi; done";

impl Fact for RcdStatus {
    type Output = IndexMap<String, Option<bool>>;

    fn command(&self) -> Shell {
        Shell::raw(COMMAND)
    }

    fn parse(&self, output: &str) -> Result<Self::Output> {
        Ok(statuses(output))
    }

    fn reads(&self) -> Vec<Scope> {
        vec![
            Scope::SERVICES,
            Scope::PACKAGES,
            Scope::tree("/etc/rc.d"),
            Scope::tree("/usr/local/etc/rc.d"),
            Scope::path("/etc/rc.conf"),
            Scope::path("/etc/rc.conf.local"),
        ]
    }
}
