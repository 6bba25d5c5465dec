use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use crate::{Args, Fact, Result, Shell};

/// The mounted devices, by their names, with sizes in blocks of 1024 bytes.
///
/// ```rhai
/// for device in host.fact("hardware.block_devices").values() {
///     if parse_int(device.used_percent) > 90 { host.log(`${device.mount} is nearly full`); }
/// }
/// ```
#[derive(Clone, Debug, Args)]
#[args("hardware.block_devices")]
pub struct BlockDevices {}

/// A mounted device. All numbers are texts, as they are printed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct BlockDevice {
    /// How many blocks it has.
    pub blocks: String,
    /// How many are used.
    pub used: String,
    /// How many are free.
    pub available: String,
    /// How much is used, in percent.
    pub used_percent: String,
    /// Where it is mounted.
    pub mount: String,
}

impl Fact for BlockDevices {
    type Output = IndexMap<String, BlockDevice>;

    /// `df` fails where it may not look at some mount.
    fn command(&self) -> Shell {
        Shell::raw("LC_ALL=C df -Pk 2>/dev/null || true")
    }

    fn parse(&self, output: &str) -> Result<Self::Output> {
        Ok(output.lines().filter_map(device).filter(|(name, _)| name != "none").collect())
    }
}

/// `/dev/sda1 40325900 836392 39489508 3% /`; other lines, such as the heading, are none.
fn device(line: &str) -> Option<(String, BlockDevice)> {
    let mut rest = line;
    let mut field = || {
        let (field, after) = rest.trim_start().split_once(char::is_whitespace)?;
        rest = after;
        Some(field.to_owned())
    };
    let is_number = |it: &String| !it.is_empty() && it.chars().all(|c| c.is_ascii_digit());
    let name = field()?;
    let mut number = || field().filter(is_number);
    let [blocks, used, available] = [number()?, number()?, number()?];
    let used_percent = field()?.strip_suffix('%').map(str::to_owned).filter(is_number)?;
    let mount = rest.trim().to_owned();
    Some((name, BlockDevice { blocks, used, available, used_percent, mount }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_lines_of_devices_only() {
        let output = "Filesystem 1024-blocks Used Available Capacity Mounted on\n\
            /dev/sda1  40325900 836392 39489508  3% /srv/my data\n\
            none 100 0 100 0% /proc\n\
            /proc - - - - /proc\n";
        let devices = BlockDevices {}.parse(output).unwrap();
        assert_eq!(devices.keys().collect::<Vec<_>>(), ["/dev/sda1"]);
        let device = &devices["/dev/sda1"];
        assert_eq!((device.used_percent.as_str(), device.mount.as_str()), ("3", "/srv/my data"));
    }
}
