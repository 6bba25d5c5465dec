//! What the firmware boots.

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use crate::fact::{FactDef, unreadable};
use crate::{Args, Fact, Result, Scope, Shell, sh};

pub(super) const FACTS: &[FactDef] = &[FactDef::of::<EfiBootMgr>()];

/// The boot entries of UEFI, their order, and which one is booted; `()` on a host without UEFI.
///
/// Each entry, by its number, is whether it is active, and its name.
///
/// ```rhai
/// let boot = host.fact("efibootmgr.efi_boot_mgr");
/// if boot != () { host.log(`booted from ${boot.Entries[boot.BootCurrent.to_string()][1]}`); }
/// ```
#[derive(Clone, Debug, Args)]
#[args("efibootmgr.efi_boot_mgr")]
pub struct EfiBootMgr {}

/// What `efibootmgr` tells.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct BootEntries {
    /// The entry that is booted next, once.
    pub boot_next: Option<u32>,
    /// The entry that was booted.
    pub boot_current: Option<u32>,
    /// Seconds that the firmware waits.
    pub timeout: Option<u32>,
    /// The entries in the order in which they are tried.
    pub boot_order: Vec<u32>,
    /// The entries.
    pub entries: IndexMap<u32, (bool, String)>,
}

impl Fact for EfiBootMgr {
    type Output = Option<BootEntries>;

    fn command(&self) -> Shell {
        sh!("efibootmgr 2>/dev/null || true")
    }

    /// `BootCurrent: 0002`, `Timeout: 1 seconds`, `BootOrder: 0002,0001`, `Boot0002* debian`
    fn parse(&self, output: &str) -> Result<Self::Output> {
        let mut found = BootEntries::default();
        for line in output.lines().filter(|line| !line.trim().is_empty()) {
            let read = match line.split_once(": ") {
                Some(("BootNext", number)) => {
                    hexadecimal(number).map(|it| found.boot_next = Some(it))
                }
                Some(("BootCurrent", number)) => {
                    hexadecimal(number).map(|it| found.boot_current = Some(it))
                }
                Some(("Timeout", seconds)) => {
                    let seconds = seconds.split(' ').next().and_then(|it| it.parse().ok());
                    seconds.map(|it| found.timeout = Some(it))
                }
                Some(("BootOrder", numbers)) => {
                    let order: Option<Vec<u32>> = numbers.split(',').map(hexadecimal).collect();
                    order.map(|it| found.boot_order = it)
                }
                // What mirrored memory there is.
                Some(("MirroredPercentageAbove4G" | "MirrorMemoryBelow4GB", _)) => Some(()),
                _ => entry(line).map(|(number, it)| drop(found.entries.insert(number, it))),
            };
            read.ok_or_else(|| unreadable(self, line))?;
        }
        Ok(Some(found))
    }

    fn requires(&self) -> Option<&'static str> {
        Some("efibootmgr")
    }

    fn reads(&self) -> Vec<Scope> {
        vec![Scope::SYSTEM, Scope::PACKAGES]
    }
}

fn hexadecimal(number: &str) -> Option<u32> {
    u32::from_str_radix(number.trim(), 16).ok()
}

/// `Boot0002* debian`, without the star where it is not active.
fn entry(line: &str) -> Option<(u32, (bool, String))> {
    let rest = line.strip_prefix("Boot")?;
    let number = hexadecimal(rest.get(..4)?)?;
    let name = rest.get(6..).unwrap_or_default();
    Some((number, (rest.get(4..5) == Some("*"), name.to_owned())))
}
