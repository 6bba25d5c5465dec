//! What a host is made of: processors, memory, disks, network devices.

mod addresses;
mod block_devices;
mod cpu_info;
mod memory;
mod network_devices;
mod network_text;

pub use addresses::{Ipv4Addresses, Ipv4Addrs, Ipv6Addresses, Ipv6Addrs};
pub use block_devices::{BlockDevice, BlockDevices};
pub use cpu_info::{CpuDetail, CpuInfo, Cpus};
pub use memory::Memory;
pub use network_devices::{Ipv4Address, Ipv6Address, NetworkDevice, NetworkDevices};

use crate::fact::FactDef;

pub(super) const FACTS: &[FactDef] = &[
    FactDef::of::<BlockDevices>(),
    FactDef::of::<CpuInfo>(),
    FactDef::of::<Cpus>(),
    FactDef::of::<Ipv4Addresses>(),
    FactDef::of::<Ipv4Addrs>(),
    FactDef::of::<Ipv6Addresses>(),
    FactDef::of::<Ipv6Addrs>(),
    FactDef::of::<Memory>(),
    FactDef::of::<NetworkDevices>(),
];
