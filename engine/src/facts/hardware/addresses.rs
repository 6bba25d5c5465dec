//! The addresses of the network devices, and nothing else of them.

use std::sync::Arc;

use indexmap::IndexMap;

use super::{Ipv4Address, Ipv6Address, NetworkDevice, NetworkDevices};
use crate::{Args, Ask, Fact, Host, Result, Scope};

macro_rules! derived {
    ($($(#[$doc:meta])* $fact:ident $name:literal is $what:ty, by $find:expr;)*) => { $(
        $(#[$doc])*
        #[derive(Clone, Debug, Args)]
        #[args($name)]
        pub struct $fact {}

        impl Ask for $fact {
            type Output = IndexMap<String, $what>;

            fn find(&self, host: &Host<'_>) -> Result<Arc<Self::Output>> {
                let devices = host.fact(&NetworkDevices {})?;
                let find: fn(&NetworkDevice) -> Option<$what> = $find;
                let found = devices.iter().filter_map(|(name, it)| Some((name.clone(), find(it)?)));
                Ok(Arc::new(found.collect()))
            }

            fn depends_on(&self) -> Vec<Scope> {
                NetworkDevices {}.reads()
            }
        }
    )* };
}

derived! {
    /// The IPv4 addresses of each network device that has any.
    ///
    /// ```rhai
    /// for addresses in host.fact("hardware.ipv4_addrs").values() { host.log(addresses); }
    /// ```
    Ipv4Addrs "hardware.ipv4_addrs" is Vec<String>, by |device| {
        let first = device.ipv4.as_ref()?;
        let all = std::iter::once(first).chain(&first.additional_ips);
        Some(all.map(|Ipv4Address { address, .. }| address.clone()).collect())
    };

    /// The IPv6 addresses of each network device that has any.
    ///
    /// ```rhai
    /// let has_ipv6 = host.fact("hardware.ipv6_addrs").len() > 0;
    /// ```
    Ipv6Addrs "hardware.ipv6_addrs" is Vec<String>, by |device| {
        let first = device.ipv6.as_ref()?;
        let all = std::iter::once(first).chain(&first.additional_ips);
        Some(all.map(|Ipv6Address { address, .. }| address.clone()).collect())
    };

    /// The first IPv4 address of each network device that has one.
    ///
    /// ```rhai
    /// let address = host.fact("hardware.ipv4_addresses").lo;
    /// ```
    Ipv4Addresses "hardware.ipv4_addresses" is String, by |device| {
        device.ipv4.as_ref().map(|it| it.address.clone())
    };

    /// The first IPv6 address of each network device that has one.
    ///
    /// ```rhai
    /// for address in host.fact("hardware.ipv6_addresses").values() { host.log(address); }
    /// ```
    Ipv6Addresses "hardware.ipv6_addresses" is String, by |device| {
        device.ipv6.as_ref().map(|it| it.address.clone())
    };
}
