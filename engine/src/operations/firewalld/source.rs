use super::item::{Item, touches};
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

impl Operation for SendSource {
    fn plan(&self, host: &Host<'_>) -> Result<Commands> {
        let source = &self.source;
        let item = Item {
            zone: self.zone.as_deref(),
            kind: "source",
            value: source,
            present: self.present,
            permanent: self.permanent,
            immediate: self.immediate,
            list: |zone| &mut zone.sources,
            is_it: &|it| it == source,
        };
        item.plan(host)
    }

    fn touches(&self) -> Vec<Scope> {
        touches()
    }
}
