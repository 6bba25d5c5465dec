use super::item::{InZone, Item, touches};
use crate::args::Scalar;
use crate::{Args, Commands, Error, Host, Operation, Result, Scope};

/// Open a port in a zone of firewalld, or close it.
///
/// The change is made to the zone as it is now and to what is kept, without a reload, so that nothing else
/// changes and no connection breaks. A port of a service that firewalld knows is better opened with
/// `firewalld.service`.
///
/// ```rhai
/// firewalld.port(8080);
/// firewalld.port("60000-61000", #{ protocol: "udp", zone: "internal" });
/// firewalld.port(8081, #{ present: false });
/// ```
#[derive(Debug, Args)]
#[args("firewalld.port")]
pub(crate) struct OpenPort {
    /// The port, or a range: `60000-61000`.
    port: Scalar,

    /// `tcp`, `udp`, `sctp` or `dccp`.
    #[arg(default = "tcp")]
    protocol: String,

    #[arg(flatten)]
    zone: InZone,
}

impl Operation for OpenPort {
    fn plan(&self, host: &Host<'_>) -> Result<Commands> {
        if !["tcp", "udp", "sctp", "dccp"].contains(&self.protocol.as_str()) {
            return Err(Error::usage(format!("`{}` has no ports", self.protocol))
                .hint("the protocol is tcp, udp, sctp or dccp")
                .argument("protocol"));
        }
        let wanted = format!("{}/{}", self.port.0, self.protocol);
        let item = Item {
            of: &self.zone,
            kind: "port",
            value: &wanted,
            list: |zone| &mut zone.ports,
            is_it: &|it| it == wanted,
        };
        item.plan(host)
    }

    fn touches(&self) -> Vec<Scope> {
        touches()
    }
}
