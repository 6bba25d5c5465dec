//! The inventory as scripts see it, and the ways to its hosts.

use std::sync::{Arc, Mutex};

use super::connections::Connections;
use super::tally::Tally;
use super::work;
use crate::execute::fleet::Fleet;
use crate::execute::link::Link;
use crate::execute::{Interrupt, Listener};
use crate::inventory::{HostView, Inventory, InventoryView};
use crate::place::Problem;
use crate::settings::Settings;

/// The inventory as scripts see it.
pub(super) fn view(inventory: &Inventory) -> InventoryView {
    let hosts = inventory
        .hosts
        .values()
        .map(|host| {
            let view = HostView::new(&host.name, host.groups.clone(), host.data.clone());
            (host.name.clone(), Arc::new(view))
        })
        .collect();
    InventoryView { hosts, groups: inventory.groups.clone() }
}

pub(super) fn fleet(
    inventory: &Inventory,
    settings: &Settings,
    connections: &Connections,
    tally: &Arc<Tally>,
    interrupt: &Interrupt,
) -> Result<Fleet, Vec<Problem>> {
    let mut links = std::collections::HashMap::new();
    for host in inventory.hosts.values() {
        let reach =
            work::reach(host, settings, connections).map_err(|error| vec![Problem::new(error)])?;
        let link = Link::new(
            &host.name,
            reach,
            connections.runtime().handle().clone(),
            Arc::clone(tally) as Arc<dyn Listener>,
            interrupt.clone(),
            settings.verbosity,
            connections.kept.clone(),
        );
        links.insert(host.name.clone(), Arc::new(Mutex::new(link)));
    }
    Ok(Fleet { links })
}
