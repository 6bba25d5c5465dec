//! Something that a zone of firewalld has or has not: what ports, services, sources and rules share.

use indexmap::IndexMap;

use crate::error::did_you_mean;
use crate::facts::firewalld::{Status, StatusInfo, ZoneInfo, Zones};
use crate::{Args, Commands, Error, Host, Result, Scope, Shell, sh};

/// Where something should be, or should not: arguments that the operations share.
#[derive(Debug, Args)]
#[args("firewalld")]
pub(super) struct InZone {
    /// The zone. Default: firewalld's default zone.
    zone: Option<String>,

    /// Whether the zone should have it.
    #[arg(default = true)]
    present: bool,

    /// Keep it for the next start.
    #[arg(default = true)]
    permanent: bool,

    /// Do it now, where firewalld runs.
    #[arg(default = true)]
    immediate: bool,
}

/// Something that a zone can have.
pub(super) struct Item<'a> {
    /// Where it should be, or should not.
    pub(super) of: &'a InZone,
    /// What firewalld calls it: `--add-port`.
    pub(super) kind: &'static str,
    /// The port, the service and so on.
    pub(super) value: &'a str,
    /// The list of the zone that it is in.
    pub(super) list: fn(&mut ZoneInfo) -> &mut Vec<String>,
    /// Whether an item of that list is it.
    pub(super) is_it: &'a dyn Fn(&str) -> bool,
}

/// What all of firewalld's operations touch.
pub(super) fn touches() -> Vec<Scope> {
    vec![Scope::FIREWALL, Scope::tree("/etc/firewalld")]
}

/// Asks for everything that may be needed, so that it comes in one exchange.
pub(super) fn want(host: &Host<'_>) {
    host.want(&Status {});
    host.want(&Zones { permanent: true });
    host.want(&Zones { permanent: false });
}

/// The program, for what is kept or for what is in force. Where firewalld does not run, only what is kept can
/// be changed.
pub(super) fn program(status: &StatusInfo, permanent: bool) -> Shell {
    match (is_running(status), permanent) {
        (true, true) => sh!("firewall-cmd --permanent"),
        (true, false) => sh!("firewall-cmd"),
        (false, _) => sh!("firewall-offline-cmd"),
    }
}

/// A firewalld that is not there yet will run once its package is installed.
fn is_running(status: &StatusInfo) -> bool {
    status.running || status.default_zone.is_empty()
}

/// An error where firewalld knows its zones and this one is none of them.
pub(super) fn known(zones: &IndexMap<String, ZoneInfo>, zone: &str) -> Result<()> {
    if zone.is_empty() || zones.is_empty() || zones.contains_key(zone) {
        return Ok(());
    }
    let mut error = Error::failed(format!("firewalld has no zone `{zone}`"));
    error.hint = did_you_mean(zone, zones.keys().map(String::as_str))
        .or_else(|| Some("`firewalld.zone` adds one".to_owned()));
    Err(error)
}

impl Item<'_> {
    pub(super) fn plan(&self, host: &Host<'_>) -> Result<Commands> {
        let wanted = self.of;
        want(host);
        let status = host.fact(&Status {})?;
        let zone = wanted.zone.as_ref().unwrap_or(&status.default_zone);
        if !wanted.permanent && (!wanted.immediate || !is_running(&status)) {
            return Err(Error::failed("there is nothing that this could change").hint(
                "where firewalld does not run, or without `immediate`, only `permanent: true` has an effect",
            ));
        }
        let mut todo = Commands::default();
        for permanent in [true, false] {
            let is_wanted = if permanent { wanted.permanent } else { wanted.immediate };
            if is_wanted && (permanent || is_running(&status)) {
                self.change(&mut todo, host, &status, zone, permanent)?;
            }
        }
        if todo.is_empty() {
            let is = if wanted.present { "has" } else { "has not" };
            return Ok(Commands::none(format!("zone {zone} {is} {} {}", self.kind, self.value)));
        }
        Ok(todo)
    }

    fn change(
        &self,
        todo: &mut Commands,
        host: &Host<'_>,
        status: &StatusInfo,
        zone: &str,
        permanent: bool,
    ) -> Result<()> {
        let fact = Zones { permanent };
        let mut zones = (*host.fact(&fact)?).clone();
        if permanent {
            known(&zones, zone)?;
        }
        let mut unknown = ZoneInfo::default();
        let list = (self.list)(zones.get_mut(zone).unwrap_or(&mut unknown));
        let found: Vec<String> = list.iter().filter(|it| (self.is_it)(it)).cloned().collect();
        if found.is_empty() != self.of.present {
            return Ok(());
        }
        let program = program(status, permanent);
        let mut flags = Shell::new();
        flags.opt("--zone", Some(zone).filter(|it| !it.is_empty()));
        // As firewalld itself says it, where it has it.
        let value = found.first().map_or(self.value, String::as_str);
        let verb = if self.of.present { "add" } else { "remove" };
        let flag = format!("--{verb}-{}={value}", self.kind);
        todo.run(sh!("{program} {flags} {flag}"));
        let (before, after) = if self.of.present { ("", value) } else { (value, "") };
        let when = if permanent { "kept" } else { "now" };
        todo.attribute(format!("zone {zone}, {when}"), self.kind, before, after);
        if self.of.present {
            list.push(value.to_owned());
        } else {
            list.retain(|it| !found.contains(it));
        }
        todo.then(&fact, zones);
        Ok(())
    }
}
