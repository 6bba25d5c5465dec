//! The types that SELinux gives ports.

use indexmap::IndexMap;

use super::part;
use crate::args::Scalar;
use crate::{Args, Fact, Result, Scope, Shell, sh};

/// The SELinux types of all ports that have one, by protocol and port. Needs root.
///
/// ```rhai
/// let tcp = host.fact("selinux.se_ports")["tcp"];
/// host.log(`port 22 is ${tcp["22"]}`);
/// ```
#[derive(Clone, Debug, Args)]
#[args("selinux.se_ports")]
pub struct SEPorts {}

/// The type that covers all ports without another one.
const UNRESERVED: &str = "unreserved_port_t";

impl Fact for SEPorts {
    type Output = IndexMap<String, IndexMap<String, String>>;

    fn command(&self) -> Shell {
        sh!("semanage port -ln")
    }

    /// `amqp_port_t    tcp    15672, 5671-5672`
    fn parse(&self, output: &str) -> Result<Self::Output> {
        let mut types: Self::Output = IndexMap::new();
        for line in output.lines() {
            let Some((name, protocol, ports)) = line_of(line) else { continue };
            if name == UNRESERVED {
                continue;
            }
            let known = types.entry(protocol.to_owned()).or_default();
            known.extend(ports.map(|port| (port.to_string(), name.to_owned())));
        }
        Ok(types)
    }

    fn requires(&self) -> Option<&'static str> {
        Some("semanage")
    }

    fn reads(&self) -> Vec<Scope> {
        vec![Scope::tree("selinux:/port"), Scope::PACKAGES]
    }
}

/// Type, protocol and ports of a line; lines of another kind are none.
fn line_of(line: &str) -> Option<(&str, &str, impl Iterator<Item = u16>)> {
    let is_word = |it: &&str| it.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    let (name, rest) = line.split_once(char::is_whitespace).filter(|(name, _)| is_word(name))?;
    let (protocol, ports) = rest.trim_start().split_once(char::is_whitespace)?;
    let is_list = |it: &str| it.chars().all(|c| c.is_ascii_digit() || "-, ".contains(c));
    if !is_word(&protocol) || !is_list(ports.trim()) {
        return None;
    }
    let ports = ports.split(',').filter_map(|item| {
        let (first, last) = item.split_once('-').unwrap_or((item, item));
        Some(first.trim().parse().ok()?..=last.trim().parse().ok()?)
    });
    Some((name, protocol, ports.flatten()))
}

/// The SELinux type of a port; empty where it has none of its own. Needs `sepolicy`.
///
/// ```rhai
/// host.log(`ssh's port is ${host.fact("selinux.se_port", "tcp", 22)}`);
/// ```
#[derive(Clone, Debug, Args)]
#[args("selinux.se_port")]
pub struct SEPort {
    /// `tcp`, `udp`, `sctp` or `dccp`.
    pub protocol: String,

    /// The port.
    pub port: Scalar,
}

impl Fact for SEPort {
    type Output = String;

    fn command(&self) -> Shell {
        let (protocol, port) = (&self.protocol, &self.port.0);
        sh!("sepolicy network -p {port} 2>/dev/null | grep -F -- {protocol} || true")
    }

    /// `22: tcp ssh_port_t 22`, and behind it the type of the range that the port is in.
    fn parse(&self, output: &str) -> Result<Self::Output> {
        let mut lines = output.lines();
        let own = lines.next().and_then(|line| line.split(' ').nth(2));
        Ok(own.filter(|_| lines.next().is_some()).unwrap_or_default().to_owned())
    }

    fn requires(&self) -> Option<&'static str> {
        Some("sepolicy")
    }

    fn reads(&self) -> Vec<Scope> {
        vec![part("port", &format!("{}/{}", self.protocol, self.port)), Scope::PACKAGES]
    }
}
