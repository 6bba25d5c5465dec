//! The inventory as scripts see it, and the ways to its hosts.

use std::sync::{Arc, Mutex};

use super::tally::Tally;
use super::work;
use crate::connectors::Reach;
use crate::error::Error;
use crate::execute::fleet::Fleet;
use crate::execute::link::Link;
use crate::execute::{Interrupt, Listener};
use crate::inventory::{HostEntry, HostView, Inventory, InventoryView};
use crate::place::Problem;
use crate::settings::Settings;

/// Handshakes under way at the same time: more only makes each slower and meets `MaxStartups`.
const HANDSHAKES: usize = 256;

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
    runtime: &tokio::runtime::Runtime,
    tally: &Arc<Tally>,
    interrupt: &Interrupt,
) -> Result<Fleet, Vec<Problem>> {
    let asker = Arc::clone(tally);
    let ways = Ways {
        client: Arc::new(work::ssh_client(asker)),
        handshakes: Arc::new(tokio::sync::Semaphore::new(HANDSHAKES)),
        settings,
    };
    let mut links = std::collections::HashMap::new();
    for host in inventory.hosts.values() {
        let reach = ways.reach(host).map_err(|error| vec![Problem::new(error)])?;
        let link = Link::new(
            &host.name,
            reach,
            runtime.handle().clone(),
            Arc::clone(tally) as Arc<dyn Listener>,
            interrupt.clone(),
            settings.verbosity,
        );
        links.insert(host.name.clone(), Arc::new(Mutex::new(link)));
    }
    Ok(Fleet { links })
}

/// What all SSH hosts share.
struct Ways<'a> {
    client: Arc<crate::connectors::ssh::Client>,
    handshakes: Arc<tokio::sync::Semaphore>,
    settings: &'a Settings,
}

impl Ways<'_> {
    fn reach(&self, host: &HostEntry) -> Result<Reach, Error> {
        work::reach(host, self.settings, &self.client, &self.handshakes)
    }
}
