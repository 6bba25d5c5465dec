use indexmap::IndexMap;
use serde_json::{Value as Json, json};

use super::{each, is_there};
use crate::facts::docker::{self, DockerNetwork};
use crate::{Args, Commands, Host, Operation, Result, Scope, Shell, sh};

/// Create or remove a network of Docker. One that is there stays as it is.
///
/// ```rhai
/// docker.network("proxy", #{ attachable: true });
/// docker.network("lan", #{ driver: "macvlan", subnet: "192.168.1.0/24", gateway: "192.168.1.1" });
/// docker.network("old", #{ present: false });
/// ```
#[derive(Debug, Args)]
#[args("docker.network")]
pub(crate) struct EnsureNetwork {
    /// Name of the network.
    network: String,

    /// What makes it: `bridge`, `overlay`, `macvlan`.
    #[arg(default = "")]
    driver: String,

    /// The router's address.
    #[arg(default = "")]
    gateway: String,

    /// The addresses that containers get: `192.168.1.192/27`.
    #[arg(default = "")]
    ip_range: String,

    /// What gives addresses.
    #[arg(default = "")]
    ipam_driver: String,

    /// The network's addresses: `192.168.1.0/24`.
    #[arg(default = "")]
    subnet: String,

    /// How far it reaches: `local`, `swarm`.
    #[arg(default = "")]
    scope: String,

    /// Addresses that are taken, by the name of who has them.
    aux_addresses: Option<IndexMap<String, String>>,

    /// Options for the driver: `key=value`.
    opts: Option<Vec<String>>,

    /// Options for what gives addresses: `key=value`.
    ipam_opts: Option<Vec<String>>,

    /// Labels: `key=value`.
    labels: Option<Vec<String>>,

    /// Make it the network that a swarm is reached through.
    #[arg(default = false)]
    ingress: bool,

    /// Let containers join that no swarm manages.
    #[arg(default = false)]
    attachable: bool,

    /// Whether the network should exist.
    #[arg(default = true)]
    present: bool,
}

impl Operation for EnsureNetwork {
    fn plan(&self, host: &Host<'_>) -> Result<Commands> {
        let name = &self.network;
        let fact = DockerNetwork { object_id: name.clone() };
        let now = host.fact(&fact)?;
        let subject = format!("docker network {name}");
        if self.present && is_there(&now) {
            return Ok(Commands::none(format!("{subject} exists")));
        }
        if !self.present {
            if now.is_null() {
                return Ok(Commands::none(format!("{subject} does not exist")));
            }
            let mut todo = Commands::from(sh!("docker network rm {name}"));
            todo.attribute(subject, "network", "exists", "").then(&fact, Json::Null);
            return Ok(todo);
        }
        let flags = self.flags();
        let mut todo = Commands::from(sh!("docker network create {flags} {name}"));
        todo.attribute(subject, "network", "", "created").then(&fact, json!([{ "Name": name }]));
        Ok(todo)
    }

    fn touches(&self) -> Vec<Scope> {
        vec![docker::object("network", &self.network)]
    }
}

impl EnsureNetwork {
    fn flags(&self) -> Shell {
        let mut flags = Shell::new();
        for (flag, value) in [
            ("-d", &self.driver),
            ("--gateway", &self.gateway),
            ("--ip-range", &self.ip_range),
            ("--ipam-driver", &self.ipam_driver),
            ("--subnet", &self.subnet),
            ("--scope", &self.scope),
        ] {
            flags.opt(flag, Some(value).filter(|it| !it.is_empty()));
        }
        flags.flag("--ingress", self.ingress).flag("--attachable", self.attachable);
        let taken = self.aux_addresses.iter().flatten().map(|(who, it)| format!("{who}={it}"));
        each(&mut flags, "--aux-address", taken);
        each(&mut flags, "--opt", self.opts.iter().flatten());
        each(&mut flags, "--ipam-opt", self.ipam_opts.iter().flatten());
        each(&mut flags, "--label", self.labels.iter().flatten());
        flags
    }
}
