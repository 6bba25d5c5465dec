//! Hosts and groups as scripts and plans see them: what can be known without asking a host.

use std::sync::{Arc, PoisonError, RwLock};

use indexmap::IndexMap;

use crate::error::{Error, Result, did_you_mean};
use crate::options::GlobalArgs;
use crate::value::{Map, Value};

/// A host of the inventory: what scripts can know of it without asking it.
#[derive(Debug)]
pub(crate) struct HostView {
    /// Its name.
    pub(crate) name: String,
    /// Its groups.
    pub(crate) groups: Vec<String>,
    /// Its data, merged.
    data: Map,
    /// What scripts set with `host.data.x = …`.
    set: RwLock<Map>,
    /// What `include` gave for as long as it runs, the innermost last; all else beats it.
    included: RwLock<Vec<Map>>,
}

/// All hosts and groups.
#[derive(Debug, Default)]
pub(crate) struct InventoryView {
    /// Hosts in inventory order.
    pub(crate) hosts: IndexMap<String, Arc<HostView>>,
    /// Names of the hosts by group.
    pub(crate) groups: IndexMap<String, Vec<String>>,
}

impl InventoryView {
    /// A host that a script names.
    pub(crate) fn host(&self, name: &str) -> Result<&Arc<HostView>> {
        self.hosts.get(name).ok_or_else(|| {
            let mut error = Error::usage(format!("there is no host `{name}`"));
            error.hint = did_you_mean(name, self.hosts.keys().map(String::as_str));
            error
        })
    }
}

impl HostView {
    /// A host with its groups and data.
    pub(crate) fn new(name: &str, groups: Vec<String>, data: Map) -> Self {
        Self {
            name: name.to_owned(),
            groups,
            data,
            set: RwLock::default(),
            included: RwLock::default(),
        }
    }

    /// One datum.
    pub(crate) fn datum(&self, name: &str) -> Option<Value> {
        let set = self.set.read().unwrap_or_else(PoisonError::into_inner);
        set.get(name).or_else(|| self.data.get(name)).cloned()
    }

    /// One datum, as the script that is running on the host sees it.
    pub(crate) fn datum_here(&self, name: &str) -> Option<Value> {
        let included = self.included.read().unwrap_or_else(PoisonError::into_inner);
        self.datum(name).or_else(|| included.iter().rev().find_map(|data| data.get(name).cloned()))
    }

    /// All data, as the script that is running on the host sees it.
    pub(crate) fn data_here(&self) -> Map {
        let mut all = Map::new();
        for data in self.included.read().unwrap_or_else(PoisonError::into_inner).iter() {
            all.extend(data.clone());
        }
        all.extend(self.all_data());
        all
    }

    /// Sets a datum, for as long as the script is evaluated.
    pub(crate) fn set(&self, name: &str, value: Value) {
        self.set.write().unwrap_or_else(PoisonError::into_inner).insert(name.to_owned(), value);
    }

    /// Adds what `include` gives, until [`leave`](Self::leave).
    pub(crate) fn enter(&self, data: Map) {
        self.included.write().unwrap_or_else(PoisonError::into_inner).push(data);
    }

    /// Forgets what the innermost `include` gave.
    pub(crate) fn leave(&self) {
        self.included.write().unwrap_or_else(PoisonError::into_inner).pop();
    }

    /// All data.
    pub(crate) fn all_data(&self) -> Map {
        let mut all = self.data.clone();
        all.extend(self.set.read().unwrap_or_else(PoisonError::into_inner).clone());
        all
    }

    /// Forgets what scripts set: the script is evaluated from its beginning.
    pub(crate) fn reset(&self) {
        self.set.write().unwrap_or_else(PoisonError::into_inner).clear();
        self.included.write().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// Data that are defaults of global arguments: `_sudo` and so on.
    pub(crate) fn globals(&self) -> Map {
        let mut all = self.data_here();
        all.retain(|key, _| key.starts_with('_') && GlobalArgs::knows(key));
        all
    }
}
