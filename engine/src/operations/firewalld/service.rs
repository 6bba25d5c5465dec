use super::item::{InZone, Item, touches};
use crate::{Args, Commands, Host, Operation, Result, Scope};

/// Open a service in a zone of firewalld, or close it.
///
/// What firewalld knows as a service, `firewall-cmd --get-services` lists. The change is made to the zone as it
/// is now and to what is kept, without a reload, so that nothing else changes and no connection breaks.
///
/// ```rhai
/// firewalld.service("https");
/// firewalld.service("ssh", #{ zone: "internal" });
/// firewalld.service("cockpit", #{ present: false });
/// ```
#[derive(Debug, Args)]
#[args("firewalld.service")]
pub(crate) struct OpenService {
    /// The service.
    service: String,

    #[arg(flatten)]
    zone: InZone,
}

impl Operation for OpenService {
    fn plan(&self, host: &Host<'_>) -> Result<Commands> {
        let service = &self.service;
        let item = Item {
            of: &self.zone,
            kind: "service",
            value: service,
            list: |zone| &mut zone.services,
            is_it: &|it| it == service,
        };
        item.plan(host)
    }

    fn touches(&self) -> Vec<Scope> {
        touches()
    }
}
