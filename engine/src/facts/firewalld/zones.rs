use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use crate::{Args, Fact, Result, Scope, Shell, sh};

/// The zones of firewalld, by name, and what each has: `target`, `interfaces`, `sources`, `services`, `ports`,
/// `masquerade`, `rich_rules` and so on.
///
/// These are the zones as they are now, none where firewalld does not run; with `permanent`, as they will be
/// when it starts.
///
/// ```rhai
/// let zones = host.fact("firewalld.zones");
/// if "public" in zones && "telnet" in zones.public.services { host.log("telnet is open"); }
/// ```
#[derive(Clone, Debug, Args)]
#[args("firewalld.zones")]
pub struct Zones {
    /// What is kept for the next start, instead of what is in force.
    #[arg(default = false)]
    pub permanent: bool,
}

/// A zone of firewalld.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ZoneInfo {
    /// Whether an interface or a source leads to it.
    pub active: bool,
    /// What happens to packets that it says nothing of: `default`, `ACCEPT`, `DROP` or `REJECT`.
    pub target: String,
    /// The interfaces whose packets it is for.
    pub interfaces: Vec<String>,
    /// The addresses whose packets it is for.
    pub sources: Vec<String>,
    /// The services that are open.
    pub services: Vec<String>,
    /// The ports that are open: `443/tcp`.
    pub ports: Vec<String>,
    /// The protocols that are open.
    pub protocols: Vec<String>,
    /// Whether packets pass between its interfaces and sources.
    pub forward: bool,
    /// Whether what leaves by it has the host's address.
    pub masquerade: bool,
    /// Ports that lead elsewhere.
    pub forward_ports: Vec<String>,
    /// Open ports of senders.
    pub source_ports: Vec<String>,
    /// Kinds of ICMP packets that are refused.
    pub icmp_blocks: Vec<String>,
    /// Rules in firewalld's rich language.
    pub rich_rules: Vec<String>,
}

impl Fact for Zones {
    type Output = IndexMap<String, ZoneInfo>;

    fn command(&self) -> Shell {
        if self.permanent {
            return sh!("if firewall-cmd --state >/dev/null 2>&1; \
                then firewall-cmd --permanent --list-all-zones; \
                else firewall-offline-cmd --list-all-zones; fi");
        }
        sh!("if firewall-cmd --state >/dev/null 2>&1; then firewall-cmd --list-all-zones; fi")
    }

    fn parse(&self, output: &str) -> Result<Self::Output> {
        let mut zones = IndexMap::new();
        let mut zone: Option<(String, ZoneInfo)> = None;
        let mut list = "";
        for line in output.lines().filter(|line| !line.trim().is_empty()) {
            if !line.starts_with(char::is_whitespace) {
                zones.extend(zone.take());
                let (name, state) = line.split_once(' ').unwrap_or((line, ""));
                let info = ZoneInfo { active: state.contains("active"), ..ZoneInfo::default() };
                zone = Some((name.to_owned(), info));
                continue;
            }
            let Some((_, info)) = &mut zone else { continue };
            // Long lists have an item in each line, further in.
            match (line.strip_prefix('\t'), line.trim().split_once(':')) {
                (None, Some((name, value))) => {
                    list = name;
                    info.set(name, value.trim());
                }
                (item, _) => info.add(list, item.unwrap_or(line).trim()),
            }
        }
        zones.extend(zone);
        Ok(zones)
    }

    fn requires(&self) -> Option<&'static str> {
        Some("firewall-cmd")
    }

    fn reads(&self) -> Vec<Scope> {
        super::reads()
    }
}

impl ZoneInfo {
    fn set(&mut self, name: &str, value: &str) {
        match name {
            // Zones that firewalld brings along have percent signs around it.
            "target" => value.trim_matches('%').clone_into(&mut self.target),
            "forward" => self.forward = value == "yes",
            "masquerade" => self.masquerade = value == "yes",
            list => {
                for item in value.split_whitespace() {
                    self.add(list, item);
                }
            }
        }
    }

    fn add(&mut self, list: &str, item: &str) {
        let list = match list {
            "interfaces" => &mut self.interfaces,
            "sources" => &mut self.sources,
            "services" => &mut self.services,
            "ports" => &mut self.ports,
            "protocols" => &mut self.protocols,
            "forward-ports" => &mut self.forward_ports,
            "source-ports" => &mut self.source_ports,
            "icmp-blocks" => &mut self.icmp_blocks,
            "rich rules" => &mut self.rich_rules,
            _ => return,
        };
        list.push(item.to_owned());
    }
}
