//! Hosts, groups and data, and where each datum came from.
//!
//! An inventory is a file, a comma list of hosts and connectors, or both. In a Rhai file every top-level
//! array is a group:
//!
//! ```rhai
//! let app_servers = ["app-1.net", ["app-2.net", #{ some_key: true }]];
//! let db_servers = [["db-1.net"], #{ tier: "database" }];   // a group with data
//! let _helper = ["not a group"];
//! ```
//!
//! TOML, YAML and JSON have the same shape: a top-level key is a group, its value a list of hosts (or a
//! list of hosts and a map of data), or a map of `hosts` and `data`. A host is its name, a list of name
//! and data, or a map of `name` and `data`; `hosts` may also be a map from name to data:
//!
//! ```toml
//! app_servers = ["app-1.net", { name = "app-2.net", data = { some_key = true } }]
//! [db_servers]
//! hosts = ["db-1.net"]
//! data = { tier = "database" }
//! ```
//!
//! Data, lowest priority first; each is laid over the one before it, whole values, never joined:
//!
//! 1. the group `all`, 2. the group named after the file, 3. groups of connectors (`@docker`), 4. the
//!    groups that the inventory names, in its order; of each group first the data in the inventory, then
//!    `group_data/GROUP.*`;
//! 5. what a connector knows of the host (`docker_identifier`, Vagrant's port);
//! 6. the host's data in the inventory, 7. `host_data/HOST.*`, as with groups the file wins;
//! 8. `user@host:port` on the command line, 9. `--data`, `--ssh-user` and so on.
//!
//! `group_data` and `host_data` are looked for beside the inventory, then in the working directory, then
//! in each `--group-data` folder (which itself holds the files of the groups, and `host_data`).

mod address;
mod ansible;
mod config;
mod data;
pub(crate) mod document;
mod draft;
mod fake;
mod file;
mod ini;
mod select;
mod terraform;
#[cfg(test)]
mod tests;
mod vagrant;
mod view;
mod words;

use std::fmt;

use indexmap::IndexMap;

pub(crate) use config::percent;
pub use config::{Config, config};
pub(crate) use view::{HostView, InventoryView};

use crate::error::Error;
use crate::place::Problem;
use crate::script::DataScripts;
use crate::settings::Settings;
use crate::value::Map;

/// All hosts and groups, selected or not.
#[derive(Clone, Debug, Default)]
pub struct Inventory {
    /// Hosts by name, in the order in which they were first named.
    pub hosts: IndexMap<String, HostEntry>,
    /// Names of the hosts by group, in the order in which groups' data are laid over each other:
    /// `all` first.
    pub groups: IndexMap<String, Vec<String>>,
}

/// One host.
#[derive(Clone, Debug)]
pub struct HostEntry {
    /// Its name.
    pub name: String,
    /// Its groups, lowest priority first: `all`, the file's, the connectors', those that are named.
    pub groups: Vec<String>,
    /// Its data, merged. Passwords are secrets, wherever they were given.
    pub data: Map,
    /// Where each datum comes from: `group_data/app.rhai`, `inventories/prod.rhai (host)`, `--data`.
    pub origin: IndexMap<String, String>,
    /// How it is reached.
    pub connector: Connector,
    /// Whether `--limit` and `--exclude` leave it in the run.
    pub selected: bool,
}

/// How a host is reached.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Connector {
    /// Over SSH, as its `ssh_…` data say.
    #[default]
    Ssh,
    /// The controller itself.
    Local,
    /// A Docker image or container.
    Docker(String),
    /// A Podman image or container.
    Podman(String),
    /// A directory, with `chroot`; an absolute path, or one that starts with a dot.
    Chroot(String),
    /// A directory, with `systemd-nspawn`; an absolute path, or one that starts with a dot.
    Nspawn(String),
    /// No host: facts are given instead of asked.
    Fake {
        /// Facts by name, an object.
        facts: serde_json::Value,
        /// Whether facts that are not given have their default; otherwise they are errors.
        missing_default: bool,
    },
}

impl Inventory {
    /// The hosts that the run is about, in inventory order.
    pub fn selected(&self) -> impl Iterator<Item = &HostEntry> {
        self.hosts.values().filter(|host| host.selected)
    }
}

impl fmt::Display for Connector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ssh => f.write_str("ssh"),
            Self::Local => f.write_str("@local"),
            Self::Docker(of) => write!(f, "@docker/{of}"),
            Self::Podman(of) => write!(f, "@podman/{of}"),
            Self::Chroot(of) => write!(f, "@chroot/{of}"),
            Self::Nspawn(of) => write!(f, "@nspawn/{of}"),
            Self::Fake { .. } => f.write_str("@fake"),
        }
    }
}

/// Why there is no inventory.
#[derive(Clone, Debug)]
pub enum LoadError {
    /// The inventory or its data are wrong; every mistake that was found.
    Problems(Vec<Problem>),
    /// It has no hosts, or `--limit` and `--exclude` leave none.
    NoHosts(Problem),
}

impl From<Vec<Problem>> for LoadError {
    fn from(problems: Vec<Problem>) -> Self {
        Self::Problems(problems)
    }
}

/// Reads the inventory that `argument` names, with its data, and selects hosts as `settings` says.
pub fn load(argument: &str, settings: &Settings) -> Result<Inventory, LoadError> {
    let scripts = DataScripts::default();
    let draft = words::read(argument, &scripts)?;
    if draft.hosts.is_empty() {
        let error = Error::usage(format!("the inventory `{argument}` has no hosts"))
            .hint("every top-level array whose name does not start with `_` is a group of hosts");
        return Err(LoadError::NoHosts(Problem::new(error)));
    }
    let mut files = data::DataFiles::find(&draft, settings, &scripts)?;
    let mut inventory = draft.finish(&mut files, &settings.data)?;
    select::select(&mut inventory, &settings.limit, &settings.exclude)?;
    Ok(inventory)
}
