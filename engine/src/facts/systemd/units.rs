//! What the two facts about units have in common. systemctl(1), org.freedesktop.systemd1(5).

use std::collections::HashMap;

use indexmap::IndexMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::args::{Arg, Kind, OneOrMany};
use crate::value::Value;
use crate::{Scope, Shell, sh};

/// Units by name, each with whether it is active, or enabled.
///
/// Scripts and JSON see that only. What else systemd tells on the way is kept for operations, and is
/// not there where the fact was given as JSON.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Units {
    states: IndexMap<String, bool>,
    details: HashMap<String, Unit>,
}

/// Sub-states of active units that are not [up](super::SystemdStatus).
const IN_EFFECT: &[&str] = &["active", "elapsed", "plugged"];

/// The properties of one unit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Unit {
    properties: HashMap<String, String>,
}

impl Unit {
    /// A property; empty where systemd did not tell it.
    pub fn property(&self, name: &str) -> &str {
        self.properties.get(name).map_or("", String::as_str)
    }
}

impl Units {
    /// Reads paragraphs of `Property=value`; `holds` says what the value of `state` means.
    pub(super) fn read(output: &str, state: &str, holds: fn(&str) -> bool) -> Self {
        let mut units = Self::default();
        for paragraph in output.split("\n\n") {
            let lines = paragraph.lines().filter_map(|line| line.trim().split_once('='));
            let properties: HashMap<String, String> =
                lines.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
            let unit = Unit { properties };
            let id = unit.property("Id").to_owned();
            if id.contains('.') && unit.properties.contains_key(state) {
                units.states.insert(id.clone(), holds(unit.property(state)));
                for name in unit.property("Names").split_whitespace().chain([id.as_str()]) {
                    units.details.insert(name.to_owned(), unit.clone());
                }
            }
        }
        units
    }

    /// Whether the unit is active, or enabled; `None` where it is not listed. Its other names are
    /// understood too. Targets that are reached, slices, devices, and timers that have run for the last
    /// time are active, as systemd has it.
    pub fn get(&self, name: &str) -> Option<bool> {
        let unit = self.details.get(name);
        if unit.is_some_and(|unit| IN_EFFECT.contains(&unit.property("SubState"))) {
            return Some(true);
        }
        let id = unit.map_or(name, |unit| unit.property("Id"));
        self.states.get(id).or_else(|| self.states.get(name)).copied()
    }

    /// The properties of a unit, where they are known.
    pub fn unit(&self, name: &str) -> Option<&Unit> {
        self.details.get(name)
    }

    /// The same units with one in another state. One that has it is there, and read.
    #[must_use]
    pub fn with(&self, name: &str, state: bool) -> Self {
        let mut units = self.clone();
        if let Some(now) =
            units.details.get_mut(name).and_then(|it| it.properties.get_mut("SubState"))
        {
            // What it becomes exactly depends on the kind of unit; the state below tells what matters.
            now.clear();
        }
        if let Some(unit) = units.details.get_mut(name).filter(|_| state) {
            for (property, value) in [("LoadState", "loaded"), ("NeedDaemonReload", "no")] {
                if let Some(now) = unit.properties.get_mut(property) {
                    value.clone_into(now);
                }
            }
        }
        let id = units.details.get(name).map_or(name, |unit| unit.property("Id")).to_owned();
        units.states.insert(id, state);
        units
    }
}

impl Serialize for Units {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.states.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Units {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let states = IndexMap::deserialize(deserializer)?;
        Ok(Self { states, ..Self::default() })
    }
}

/// Names of units: one, or a list. Always written as a list, so that one name is one question
/// however it is given.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Names(pub Vec<String>);

impl Arg for Names {
    const KIND: Kind = OneOrMany::<String>::KIND;

    fn read(value: &Value) -> Option<Self> {
        OneOrMany::read(value).map(|names| Self(names.0))
    }

    fn write(&self) -> Value {
        self.0.write()
    }
}

/// `systemctl`, speaking to the system's manager, a user's, or that of a container.
pub fn systemctl(user_mode: bool, machine: Option<&str>, user_name: Option<&str>) -> Shell {
    let target = match (machine, user_name) {
        (Some(machine), Some(user)) => Some(format!("--machine={user}@{machine}")),
        (Some(machine), None) => Some(format!("--machine={machine}")),
        // A user alone is one of this very machine.
        (None, Some(user)) => Some(format!("--machine={user}@.host")),
        (None, None) => None,
    };
    let mut command = sh!("systemctl");
    command.flag("--user", user_mode);
    match target {
        Some(target) => sh!("{command} {target}"),
        None => command,
    }
}

/// The command that shows properties of units. In user mode an absent manager is no error: it comes
/// with the user's first session.
pub(super) fn show(
    systemctl: &Shell,
    properties: &'static str,
    names: Option<&Names>,
    user_mode: bool,
) -> Shell {
    let all = [String::from("*")];
    let names = names.map_or(&all[..], |it| &it.0);
    let mut line = sh!("{systemctl} show --all --property");
    line.code(" ").code(properties).code(" --").code(" ").arg(names);
    if user_mode { sh!("{{ {line} 2>/dev/null || true; }}") } else { line }
}

/// What the state of units depends on.
pub(super) fn reads() -> Vec<Scope> {
    vec![
        Scope::SERVICES,
        Scope::PACKAGES,
        Scope::tree("/etc/systemd"),
        Scope::tree("/run/systemd"),
        Scope::tree("/lib/systemd"),
        Scope::tree("/usr/lib/systemd"),
        Scope::tree("/usr/local/lib/systemd"),
        Scope::tree("/home"),
        Scope::tree("/root/.config/systemd"),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_a_unit_by_all_its_names() {
        let output = "Id=ssh.service\nNames=ssh.service sshd.service\nLoadState=loaded\n\
            SubState=running\n\nId=x.timer\nSubState=dead\n";
        let units = Units::read(output, "SubState", |it| it == "running");
        assert_eq!(units.get("sshd.service"), Some(true));
        assert_eq!(units.get("x.timer"), Some(false));
        assert_eq!(units.get("y.service"), None);
        assert_eq!(units.with("sshd.service", false).get("ssh.service"), Some(false));
        assert_eq!(units.unit("sshd.service").map(|it| it.property("LoadState")), Some("loaded"));
        let json = serde_json::json!({ "ssh.service": true, "x.timer": false });
        assert_eq!(serde_json::to_value(&units).unwrap(), json);
    }
}
