use super::item::{InZone, Item, touches};
use crate::{Args, Commands, Host, Operation, Result, Scope};

/// Send packets from an address to a zone of firewalld, or no longer.
///
/// ```rhai
/// firewalld.source("10.0.0.0/8", #{ zone: "internal" });
/// firewalld.source("10.9.0.0/16", #{ zone: "internal", present: false });
/// ```
#[derive(Debug, Args)]
#[args("firewalld.source")]
pub(crate) struct SendSource {
    /// An address, a network, a MAC address, or `ipset:NAME`.
    source: String,

    #[arg(flatten)]
    zone: InZone,
}

impl Operation for SendSource {
    fn plan(&self, host: &Host<'_>) -> Result<Commands> {
        let source = &self.source;
        let item = Item {
            of: &self.zone,
            kind: "source",
            value: source,
            list: |zone| &mut zone.sources,
            is_it: &|it| it == source,
        };
        item.plan(host)
    }

    fn touches(&self) -> Vec<Scope> {
        touches()
    }
}
