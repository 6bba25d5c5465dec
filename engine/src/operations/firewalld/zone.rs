use super::item::{program, touches, want};
use crate::facts::firewalld::{Status, StatusInfo, ZoneInfo, Zones};
use crate::{Args, Commands, Error, Host, Operation, Result, Scope, Shell, sh};

/// Add a zone to firewalld, say what it does with packets, or remove it.
///
/// What is not given stays as it is. A new zone, one that goes, and another `target` need a reload of firewalld:
/// what was set for now only is lost then.
///
/// ```rhai
/// firewalld.zone("backend", #{ target: "DROP" });
/// firewalld.source("10.0.0.0/8", #{ zone: "backend" });
/// firewalld.zone("public", #{ is_default: true, masquerade: true });
/// firewalld.zone("old", #{ present: false });
/// ```
#[derive(Debug, Args)]
#[args("firewalld.zone")]
pub(crate) struct EnsureZone {
    /// Name of the zone.
    zone: String,

    /// Whether the zone should exist.
    #[arg(default = true)]
    present: bool,

    /// What happens to packets that the zone says nothing of: `default`, `ACCEPT`, `DROP` or `REJECT`.
    target: Option<String>,

    /// Whether what leaves by the zone gets the host's address.
    masquerade: Option<bool>,

    /// Make it the zone that is meant where none is named.
    #[arg(default = false)]
    is_default: bool,
}

impl Operation for EnsureZone {
    fn plan(&self, host: &Host<'_>) -> Result<Commands> {
        let targets = ["default", "ACCEPT", "DROP", "REJECT"];
        if let Some(target) = self.target.as_ref().filter(|it| !targets.contains(&it.as_str())) {
            return Err(Error::usage(format!("`{target}` is no target of a zone"))
                .hint(format!("it is {}", targets.join(", ")))
                .argument("target"));
        }
        want(host);
        let status = host.fact(&Status {})?;
        let kept = host.fact(&Zones { permanent: true })?;
        let mut todo = Commands::default();
        match (self.present, kept.get(&self.zone)) {
            (false, None) => {}
            (false, Some(_)) => self.remove(&mut todo, host, &status)?,
            (true, now) => self.set(&mut todo, host, &status, now)?,
        }
        if todo.is_empty() {
            let is = if self.present { "is as it should be" } else { "does not exist" };
            return Ok(Commands::none(format!("zone {} {is}", self.zone)));
        }
        Ok(todo)
    }

    fn touches(&self) -> Vec<Scope> {
        touches()
    }
}

impl EnsureZone {
    fn subject(&self) -> String {
        format!("zone {}", self.zone)
    }

    fn remove(&self, todo: &mut Commands, host: &Host<'_>, status: &StatusInfo) -> Result<()> {
        let (program, flag) = (program(status, true), format!("--delete-zone={}", self.zone));
        todo.run(sh!("{program} {flag}"));
        todo.attribute(self.subject(), "zone", "exists", "");
        reload(todo, status);
        foresee(todo, host, |zones| {
            zones.shift_remove(&self.zone);
        })
    }

    fn set(
        &self,
        todo: &mut Commands,
        host: &Host<'_>,
        status: &StatusInfo,
        now: Option<&ZoneInfo>,
    ) -> Result<()> {
        let zone = &self.zone;
        let keep = program(status, true);
        let mut after = now.cloned().unwrap_or_default();
        let mut needs_reload = now.is_none();
        if now.is_none() {
            let flag = format!("--new-zone={zone}");
            todo.run(sh!("{keep} {flag}"));
            todo.attribute(self.subject(), "zone", "", "exists");
            "default".clone_into(&mut after.target);
        }
        if let Some(target) = self.target.as_ref().filter(|it| **it != after.target) {
            let flag = format!("--set-target={target}");
            todo.run(sh!("{keep} --zone {zone} {flag}"));
            todo.attribute(self.subject(), "target", after.target.as_str(), target);
            after.target.clone_from(target);
            needs_reload = true;
        }
        self.masquerade(todo, host, status, &mut after, needs_reload)?;
        if needs_reload {
            reload(todo, status);
        }
        if !todo.is_empty() {
            foresee(todo, host, |zones| {
                zones.insert(zone.clone(), after.clone());
            })?;
        }
        if self.is_default && status.default_zone != *zone {
            let program = program(status, false);
            let flag = format!("--set-default-zone={zone}");
            todo.run(sh!("{program} {flag}"));
            todo.attribute("firewalld", "default zone", status.default_zone.as_str(), zone);
            let after = StatusInfo { default_zone: zone.clone(), ..status.clone() };
            todo.then(&Status {}, after);
        }
        Ok(())
    }

    /// For what is kept, and for now unless a reload follows.
    fn masquerade(
        &self,
        todo: &mut Commands,
        host: &Host<'_>,
        status: &StatusInfo,
        after: &mut ZoneInfo,
        needs_reload: bool,
    ) -> Result<()> {
        let Some(wanted) = self.masquerade else { return Ok(()) };
        let zone = &self.zone;
        let flag = if wanted { "--add-masquerade" } else { "--remove-masquerade" };
        let present = if wanted { ("no", "yes") } else { ("yes", "no") };
        if after.masquerade != wanted {
            let keep = program(status, true);
            todo.run(sh!("{keep} --zone {zone} {flag}"));
            todo.attribute(self.subject(), "masquerade", present.0, present.1);
            after.masquerade = wanted;
        }
        let now = host.fact(&Zones { permanent: false })?;
        let differs = now.get(zone).is_some_and(|it| it.masquerade != wanted);
        if differs && !needs_reload {
            todo.run(sh!("firewall-cmd --zone {zone} {flag}"));
            todo.attribute(format!("{}, now", self.subject()), "masquerade", present.0, present.1);
        }
        Ok(())
    }
}

/// Puts what is kept into force, where firewalld runs.
fn reload(todo: &mut Commands, status: &StatusInfo) {
    if status.running || status.default_zone.is_empty() {
        todo.run(Shell::raw("firewall-cmd --reload"));
    }
}

/// States the zones as they will be, kept and in force.
fn foresee(
    todo: &mut Commands,
    host: &Host<'_>,
    change: impl Fn(&mut indexmap::IndexMap<String, ZoneInfo>),
) -> Result<()> {
    for permanent in [true, false] {
        let fact = Zones { permanent };
        let mut zones = (*host.fact(&fact)?).clone();
        if permanent || !zones.is_empty() {
            change(&mut zones);
            todo.then(&fact, zones);
        }
    }
    Ok(())
}
