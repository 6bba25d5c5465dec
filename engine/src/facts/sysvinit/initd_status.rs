use indexmap::IndexMap;

use crate::{Args, Fact, Result, Scope, Shell};

/// The scripts in `/etc/init.d` by name, each with whether its service runs; `()` where the script
/// does not tell.
///
/// Scripts without a heading of the Linux Standard Base are left out: they may not know `status`.
/// Names may have any letters, such as the dot of `hwclock.sh`.
///
/// ```rhai
/// if host.fact("sysvinit.initd_status")["cron"] == false { host.log("cron is down"); }
/// ```
#[derive(Clone, Debug, Args)]
#[args("sysvinit.initd_status")]
pub struct InitdStatus {}

const COMMAND: &str = "for script in /etc/init.d/*; do \
    if grep -qs '### BEGIN INIT INFO' \"$script\"; then \
    \"$script\" status >/dev/null 2>&1 </dev/null; echo \"${script##*/}=$?\"; fi; done";

impl Fact for InitdStatus {
    type Output = IndexMap<String, Option<bool>>;

    fn command(&self) -> Shell {
        Shell::raw(COMMAND)
    }

    fn parse(&self, output: &str) -> Result<Self::Output> {
        Ok(statuses(output))
    }

    fn reads(&self) -> Vec<Scope> {
        vec![Scope::SERVICES, Scope::PACKAGES, Scope::tree("/etc/init.d")]
    }
}

/// `name=code` lines. The codes are those of the Linux Standard Base, "Init Script Actions": 0 runs, 1
/// to 3 does not, others say nothing.
pub(in crate::facts) fn statuses(output: &str) -> IndexMap<String, Option<bool>> {
    let lines = output.lines().filter_map(|line| line.rsplit_once('='));
    let codes = lines.filter_map(|(name, code)| Some((name, code.trim().parse::<u32>().ok()?)));
    codes
        .map(|(name, code)| {
            let runs = match code {
                0 => Some(true),
                1..=3 => Some(false),
                _ => None,
            };
            (name.to_owned(), runs)
        })
        .collect()
}
