use std::net::Ipv4Addr;

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::network_text;
use crate::{Args, Fact, Result, Shell};

/// The network devices, by name: hardware address, state, addresses.
///
/// `ipv4` and `ipv6` have the first address; `additional_ips` in them has the others, where there are any.
/// `hardware.ipv4_addrs` and `hardware.ipv6_addrs` tell only the addresses.
///
/// ```rhai
/// let devices = host.fact("hardware.network_devices");
/// for name in devices.keys() { host.log(`${name} is ${devices[name].state}`); }
/// ```
#[derive(Clone, Debug, Args)]
#[args("hardware.network_devices")]
pub struct NetworkDevices {}

/// A network device. What the host does not tell of it is left out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct NetworkDevice {
    /// The hardware address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ether: Option<String>,
    /// The size of the largest packet, in bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mtu: Option<u64>,
    /// `UP`, `DOWN` or `UNKNOWN`, or another state that `ip` knows.
    pub state: String,
    /// The first IPv4 address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ipv4: Option<Ipv4Address>,
    /// The first IPv6 address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ipv6: Option<Ipv6Address>,
}

/// An IPv4 address of a device.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Ipv4Address {
    /// The address.
    pub address: String,
    /// The address for all hosts of the network.
    pub broadcast: Option<String>,
    /// How many bits are the network's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mask_bits: Option<u32>,
    /// These bits as an address: `255.255.255.0`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub netmask: Option<String>,
    /// The other addresses of the device.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub additional_ips: Vec<Self>,
}

/// An IPv6 address of a device.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Ipv6Address {
    /// The address.
    pub address: String,
    /// How many bits are the network's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mask_bits: Option<u32>,
    /// The other addresses of the device.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub additional_ips: Vec<Self>,
}

impl NetworkDevice {
    /// Adds an IPv4 address behind those that are there.
    pub(super) fn add_ipv4(&mut self, address: Ipv4Address) {
        match &mut self.ipv4 {
            Some(first) => first.additional_ips.push(address),
            none => *none = Some(address),
        }
    }

    /// Adds an IPv6 address behind those that are there.
    pub(super) fn add_ipv6(&mut self, address: Ipv6Address) {
        match &mut self.ipv6 {
            Some(first) => first.additional_ips.push(address),
            none => *none = Some(address),
        }
    }
}

impl Fact for NetworkDevices {
    type Output = IndexMap<String, NetworkDevice>;

    fn command(&self) -> Shell {
        Shell::raw("ip -j addr show 2>/dev/null || ip addr show 2>/dev/null || ifconfig -a")
    }

    fn parse(&self, output: &str) -> Result<Self::Output> {
        // `ip` prints empty objects for what its filters leave out.
        Ok(match serde_json::from_str::<Vec<Json>>(output) {
            Ok(json) => json.iter().filter_map(device).collect(),
            Err(_) => network_text::devices(output),
        })
    }
}

/// The mask of an IPv4 network with so many bits.
pub(super) fn netmask(bits: u32) -> String {
    let mask = u32::MAX.checked_shl(32_u32.saturating_sub(bits)).unwrap_or(0);
    Ipv4Addr::from(mask).to_string()
}

/// A device as `ip -j addr` describes it. ip-address(8).
fn device(json: &Json) -> Option<(String, NetworkDevice)> {
    let text = |json: &Json, name: &str| Some(json.get(name)?.as_str()?.to_owned());
    let state = text(json, "operstate").filter(|it| !it.is_empty());
    let mut device = NetworkDevice {
        ether: text(json, "address"),
        mtu: json.get("mtu").and_then(Json::as_u64),
        state: state.unwrap_or_else(|| "UNKNOWN".to_owned()),
        ..NetworkDevice::default()
    };
    for told in json.get("addr_info").and_then(Json::as_array).into_iter().flatten() {
        let Some(address) = text(told, "local") else { continue };
        let mask_bits =
            told.get("prefixlen").and_then(Json::as_u64).and_then(|it| it.try_into().ok());
        match told.get("family").and_then(Json::as_str) {
            Some("inet") => device.add_ipv4(Ipv4Address {
                address,
                broadcast: text(told, "broadcast"),
                mask_bits,
                netmask: mask_bits.map(netmask),
                ..Ipv4Address::default()
            }),
            Some("inet6") => {
                device.add_ipv6(Ipv6Address { address, mask_bits, ..Ipv6Address::default() });
            }
            _ => {}
        }
    }
    Some((text(json, "ifname")?, device))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masks() {
        for (bits, mask) in [(0, "0.0.0.0"), (20, "255.255.240.0"), (32, "255.255.255.255")] {
            assert_eq!(netmask(bits), mask);
        }
    }
}
