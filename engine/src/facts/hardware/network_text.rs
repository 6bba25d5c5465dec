//! Network devices as `ip addr show` (busybox has no `-j`) and `ifconfig -a` print them.

use indexmap::IndexMap;

use super::network_devices::{Ipv4Address, Ipv6Address, NetworkDevice, netmask};

/// The devices of such a text.
pub(super) fn devices(output: &str) -> IndexMap<String, NetworkDevice> {
    let mut devices = IndexMap::new();
    let mut current: Option<(String, Vec<&str>)> = None;
    for line in output.lines().map(str::trim) {
        match heading(line) {
            Some(name) => {
                finish(&mut devices, current.take());
                current = Some((name.to_owned(), vec![line]));
            }
            None => current.iter_mut().for_each(|(_, lines)| lines.push(line)),
        }
    }
    finish(&mut devices, current);
    devices
}

/// The name in a line that begins a device: `2: eth0: <BROADCAST,UP> mtu 1500`, `em0: flags=8843<UP> mtu 1500`.
fn heading(line: &str) -> Option<&str> {
    let (before, rest) = line.split_once(':')?;
    let is_number = !before.is_empty() && before.chars().all(|it| it.is_ascii_digit());
    let name = match (is_number, rest.strip_prefix(' ')) {
        (true, Some(rest)) => rest.split_once(':')?.0,
        _ if rest.contains("mtu ") => before,
        _ => return None,
    };
    (!name.is_empty() && !name.contains([' ', '/'])).then_some(name)
}

fn finish(devices: &mut IndexMap<String, NetworkDevice>, lines: Option<(String, Vec<&str>)>) {
    let Some((name, lines)) = lines else { return };
    let says = |word: &str| lines.iter().any(|line| line.contains(word));
    let state = match (says("UP"), says("DOWN")) {
        (true, _) => "UP",
        (false, true) => "DOWN",
        (false, false) => "UNKNOWN",
    };
    let mut device = NetworkDevice { state: state.to_owned(), ..NetworkDevice::default() };
    for line in lines {
        let words: Vec<&str> = line.split_whitespace().collect();
        let behind = |name: &str| {
            let at = words
                .iter()
                .position(|word| *word == name || word.ends_with(&format!("/{name}")))?;
            words.get(at + 1).copied()
        };
        device.mtu = device.mtu.or_else(|| behind("mtu")?.parse().ok());
        device.ether = device.ether.or_else(|| behind("ether").map(str::to_owned));
        match words.as_slice() {
            ["inet", address, ..] => {
                let broadcast = behind("brd").or_else(|| behind("broadcast"));
                if let Some(found) = ipv4(address, behind("netmask"), broadcast) {
                    device.add_ipv4(found);
                }
            }
            ["inet6", address, ..] => {
                if let Some(found) = ipv6(address, behind("prefixlen")) {
                    device.add_ipv6(found);
                }
            }
            _ => {}
        }
    }
    devices.insert(name, device);
}

/// `192.168.1.5/24` of `ip`, or `192.168.1.5` of `ifconfig` with its mask: `255.255.255.0` or `0xffffff00`.
fn ipv4(text: &str, mask: Option<&str>, broadcast: Option<&str>) -> Option<Ipv4Address> {
    let (address, mask_bits, netmask) = match (text.split_once('/'), mask) {
        (Some((address, bits)), _) => {
            let bits = bits.parse().ok()?;
            (address, bits, netmask(bits))
        }
        (None, Some(mask)) if mask.contains('.') => {
            let bytes: Option<Vec<u8>> = mask.split('.').map(|it| it.parse().ok()).collect();
            (text, bytes?.iter().map(|it| it.count_ones()).sum(), mask.to_owned())
        }
        (None, Some(mask)) => {
            let bits = u32::from_str_radix(mask.trim_start_matches("0x"), 16).ok()?.count_ones();
            (text, bits, netmask(bits))
        }
        (None, None) => return None,
    };
    Some(Ipv4Address {
        address: address.to_owned(),
        broadcast: broadcast.map(str::to_owned),
        mask_bits: Some(mask_bits),
        netmask: Some(netmask),
        ..Ipv4Address::default()
    })
}

/// `fe80::1/64` of `ip`, or `fd00::1` of `ifconfig` with the length of its prefix. What is an address together
/// with its device only (`fe80::1%em0`) is left out, as pyinfra does.
fn ipv6(text: &str, prefix: Option<&str>) -> Option<Ipv6Address> {
    let (address, bits) = text.split_once('/').or_else(|| Some((text, prefix?)))?;
    let mask_bits = bits.parse().ok();
    let is_whole = !address.contains('%');
    is_whole.then(|| Ipv6Address {
        address: address.to_owned(),
        mask_bits,
        ..Ipv6Address::default()
    })
}
