//! The inventory as scripts see it, and the ways to its hosts.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use super::connections::Connections;
use super::reach::reach;
use super::tally::Tally;
use crate::event::Listener;
use crate::interrupt::Interrupt;
use crate::inventory::{HostView, Inventory, InventoryView};
use crate::link::Link;
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

/// The ways to all hosts, by name.
pub(super) fn links(
    inventory: &Inventory,
    settings: &Settings,
    connections: &Connections,
    tally: &Arc<Tally>,
    interrupt: &Interrupt,
) -> Result<HashMap<String, Arc<Mutex<Link>>>, Vec<Problem>> {
    let mut links = HashMap::new();
    for host in inventory.hosts.values() {
        let reach =
            reach(host, settings, connections).map_err(|error| vec![Problem::new(error)])?;
        let link = Link::new(
            &host.name,
            reach,
            connections.runtime().handle().clone(),
            Arc::clone(tally) as Arc<dyn Listener>,
            interrupt.clone(),
            settings,
            connections.kept.clone(),
        );
        links.insert(host.name.clone(), Arc::new(Mutex::new(link)));
    }
    Ok(links)
}
