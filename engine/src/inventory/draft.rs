//! An inventory while it is gathered: data in layers, not yet merged.

use indexmap::{IndexMap, IndexSet};

use super::address::Found;
use super::data::DataFiles;
use super::{Connector, HostEntry, Inventory, ansible};
use crate::command::Secret;
use crate::error::{Error, did_you_mean};
use crate::options::GlobalArgs;
use crate::place::Problem;
use crate::value::{Map, Value};

/// Data that are passwords, whoever gives them.
const SECRETS: [&str; 6] = [
    "ssh_password",
    "ssh_key_password",
    "_sudo_password",
    "_su_password",
    "ansible_become_pass",
    "ansible_become_password",
];

/// Hosts and groups as far as they are known.
#[derive(Debug, Default)]
pub(super) struct Draft {
    /// Hosts by name.
    pub(super) hosts: IndexMap<String, DraftHost>,
    groups: IndexMap<String, DraftGroup>,
    /// Inventory files, beside which there may be data.
    pub(super) files: Vec<std::path::PathBuf>,
}

/// A host with its data in layers.
#[derive(Debug, Default)]
pub(super) struct DraftHost {
    connector: Connector,
    written: Option<String>,
    layers: Vec<(HostLayer, Layer)>,
}

#[derive(Debug, Default)]
struct DraftGroup {
    kind: GroupKind,
    hosts: IndexSet<String>,
    layers: Vec<Layer>,
}

/// Data and where they come from.
#[derive(Clone, Debug)]
pub(super) struct Layer {
    pub(super) origin: String,
    pub(super) data: Map,
}

/// Kinds of groups, lowest priority first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum GroupKind {
    /// Every host.
    All,
    /// The group named after an inventory file that does not name it itself.
    File,
    /// Hosts of one connector.
    Connector,
    /// Named in the inventory.
    #[default]
    Named,
}

/// Kinds of host data, lowest priority first. Data files stand between the inventory and the command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum HostLayer {
    /// What the connector knows.
    Connector,
    /// Given in the inventory.
    Inventory,
    /// Written with the host on the command line.
    CommandLine,
}

impl Draft {
    /// Adds a host, or what else is known of one that is there; its name.
    ///
    /// Two addresses with one host name (`h:2201,h:2202`) are two hosts: the second is named as written.
    pub(super) fn host(&mut self, found: Found, layer: HostLayer, origin: &str) -> String {
        let mut known = found.known;
        let mut name = found.name;
        if let Some(written) = &found.written
            && let Some(other) = self.hosts.get(&name)
            && other.written.as_ref().is_some_and(|it| it != written)
        {
            known.insert("ssh_hostname".to_owned(), Value::from(name.as_str()));
            name.clone_from(written);
        }
        let host = self.hosts.entry(name.clone()).or_default();
        host.written = host.written.take().or(found.written);
        if found.connector != Connector::Ssh {
            host.connector = found.connector;
        }
        let connector = found.groups.iter().find(|it| it.starts_with('@'));
        let connector = connector.map_or(origin, String::as_str).to_owned();
        // A fake host's data stand in its file, not on the command line that names the file.
        let (layer, origin) = match &host.connector {
            Connector::Fake { .. } => (HostLayer::Inventory, connector.as_str()),
            _ => (layer, origin),
        };
        self.host_data(&name, HostLayer::Connector, &connector, known);
        self.host_data(&name, layer, origin, found.data);
        for group in &found.groups {
            let kind = if group.starts_with('@') { GroupKind::Connector } else { GroupKind::Named };
            self.member(group, kind, &name);
        }
        name
    }

    /// Gives a host data.
    pub(super) fn host_data(&mut self, name: &str, layer: HostLayer, origin: &str, data: Map) {
        if data.is_empty() {
            return;
        }
        let host = self.hosts.entry(name.to_owned()).or_default();
        host.layers.push((layer, Layer { origin: origin.to_owned(), data }));
    }

    /// Makes sure that there is a group; it is named where any of several inventories names it.
    pub(super) fn group(&mut self, name: &str, kind: GroupKind) {
        let kind = if name == "all" { GroupKind::All } else { kind };
        let group = self
            .groups
            .entry(name.to_owned())
            .or_insert_with(|| DraftGroup { kind, ..DraftGroup::default() });
        group.kind = group.kind.max(kind);
    }

    /// Puts a host into a group.
    pub(super) fn member(&mut self, group: &str, kind: GroupKind, host: &str) {
        self.group(group, kind);
        if let Some(group) = self.groups.get_mut(group) {
            group.hosts.insert(host.to_owned());
        }
    }

    /// Gives a group data.
    pub(super) fn group_data(&mut self, name: &str, origin: String, data: Map) {
        self.group(name, GroupKind::Named);
        if let Some(group) = self.groups.get_mut(name)
            && !data.is_empty()
        {
            group.layers.push(Layer { origin, data });
        }
    }

    /// Merges data by priority. `given` comes from the command line and beats everything.
    pub(super) fn finish(
        mut self,
        files: &mut DataFiles<'_>,
        given: &Map,
    ) -> Result<Inventory, Vec<Problem>> {
        self.group("all", GroupKind::All);
        if let Some(all) = self.groups.get_mut("all") {
            all.hosts = self.hosts.keys().cloned().collect();
        }
        self.groups.sort_by(|_, left, _, right| left.kind.cmp(&right.kind));
        let mut problems = Vec::new();
        let mut keep = |result: Result<Vec<Layer>, Vec<Problem>>| {
            result.unwrap_or_else(|more| {
                problems.extend(more);
                Vec::new()
            })
        };
        for (name, group) in &mut self.groups {
            group.layers.extend(keep(files.of_group(name)));
        }
        let mut inventory = Inventory::default();
        for (name, mut host) in self.hosts {
            let groups: Vec<_> =
                self.groups.iter().filter(|(_, group)| group.hosts.contains(&name)).collect();
            let mut merged = Merged::default();
            for layer in groups.iter().flat_map(|(_, group)| &group.layers) {
                merged.lay(layer);
            }
            host.layers.sort_by_key(|it| it.0);
            let (below, above): (Vec<_>, Vec<_>) =
                host.layers.into_iter().partition(|it| it.0 < HostLayer::CommandLine);
            let from_files = keep(files.of_host(&name));
            let command_line = Layer { origin: "--data".to_owned(), data: given.clone() };
            below
                .iter()
                .map(|it| &it.1)
                .chain(&from_files)
                .chain(above.iter().map(|it| &it.1))
                .chain([&command_line])
                .for_each(|layer| merged.lay(layer));
            let groups = groups.into_iter().map(|(name, _)| name.clone()).collect();
            inventory.hosts.insert(name.clone(), merged.host(name, groups, host.connector));
        }
        problems.extend(misspelt(&inventory));
        inventory.groups = self
            .groups
            .into_iter()
            .map(|(name, group)| (name, group.hosts.into_iter().collect()))
            .collect();
        if problems.is_empty() { Ok(inventory) } else { Err(problems) }
    }
}

/// Data that were meant for global arguments and are none, once for each place that has them. Other names that begin with an
/// underscore are the user's own.
fn misspelt(inventory: &Inventory) -> Vec<Problem> {
    let mut found: IndexMap<(&str, &str), (&str, String)> = IndexMap::new();
    for host in inventory.hosts.values() {
        for (key, origin) in host.origin.iter().filter(|(key, _)| key.starts_with('_')) {
            let advice = did_you_mean(key, GlobalArgs::names());
            if let Some(advice) = advice.filter(|_| !GlobalArgs::knows(key)) {
                found.entry((key, origin)).or_insert((&host.name, advice));
            }
        }
    }
    let problem = |((key, origin), (host, advice)): ((&str, &str), (&str, String))| {
        let message = format!("`{key}` in the data of {host} ({origin}) is no global argument");
        Problem::from(Error::usage(message).hint(advice))
    };
    found.into_iter().map(problem).collect()
}

#[derive(Default)]
struct Merged {
    data: Map,
    origin: IndexMap<String, String>,
}

impl Merged {
    fn lay(&mut self, layer: &Layer) {
        for (key, value) in &layer.data {
            let value = match value {
                Value::Text(text) | Value::Word(text) if SECRETS.contains(&key.as_str()) => {
                    Value::Secret(Secret::new(text.as_str()))
                }
                other => other.clone().settle(),
            };
            self.data.insert(key.clone(), value);
            self.origin.insert(key.clone(), layer.origin.clone());
        }
    }

    fn host(mut self, name: String, groups: Vec<String>, connector: Connector) -> HostEntry {
        ansible::settle(&mut self.data, &mut self.origin);
        let connector = self.connector(&name, connector);
        HostEntry { name, groups, data: self.data, origin: self.origin, connector, selected: true }
    }

    /// Data may say better what a connector's host is, and how an Ansible inventory's host is reached.
    fn connector(&self, name: &str, connector: Connector) -> Connector {
        let text = |key: &str| match self.data.get(key) {
            Some(Value::Text(text)) => Some(text.clone()),
            _ => None,
        };
        let address = || text("ssh_hostname").unwrap_or_else(|| name.to_owned());
        match connector {
            Connector::Docker(it) => Connector::Docker(text("docker_identifier").unwrap_or(it)),
            Connector::Podman(it) => Connector::Podman(text("docker_identifier").unwrap_or(it)),
            Connector::Chroot(it) => Connector::Chroot(text("chroot_directory").unwrap_or(it)),
            Connector::Nspawn(it) => Connector::Nspawn(text("nspawn_directory").unwrap_or(it)),
            Connector::Ssh => match text("ansible_connection").as_deref() {
                Some("local") => Connector::Local,
                Some("docker" | "community.docker.docker") => Connector::Docker(address()),
                Some("podman" | "containers.podman.podman") => Connector::Podman(address()),
                _ => Connector::Ssh,
            },
            other => other,
        }
    }
}
