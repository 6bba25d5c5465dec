use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use crate::fact::unreadable;
use crate::{Args, Fact, Result, Scope, Shell};

/// What is mounted, by the directory where it is mounted.
///
/// ```rhai
/// let root = host.fact("server.mounts")["/"];
/// host.log(`/ is ${root.type} on ${root.device}`);
/// ```
#[derive(Clone, Debug, Args)]
#[args("server.mounts")]
pub struct Mounts {}

/// One mounted file system.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Mount {
    /// What is mounted: a device, or what stands for one.
    pub device: String,
    /// The kind of file system.
    #[serde(rename = "type")]
    pub kind: String,
    /// The options in force.
    pub options: Vec<String>,
}

impl Fact for Mounts {
    type Output = IndexMap<String, Mount>;

    fn command(&self) -> Shell {
        Shell::raw(
            "case $(uname -s) in FreeBSD) mount -p --libxo json; ;; OpenBSD) mount -v; ;; \
            *) cat /proc/self/mountinfo; ;; esac",
        )
    }

    fn parse(&self, output: &str) -> Result<Self::Output> {
        if output.trim_start().starts_with('{') {
            return freebsd(output).ok_or_else(|| unreadable(self, output));
        }
        let lines = output.lines().filter(|line| !line.trim().is_empty());
        lines
            .map(|line| linux(line).or_else(|| openbsd(line)).ok_or_else(|| unreadable(self, line)))
            .collect()
    }

    fn reads(&self) -> Vec<Scope> {
        vec![Scope::Topic("mounts")]
    }
}

/// `36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw,errors=continue`: see
/// `proc_pid_mountinfo(5)`. A mount's own `ro` or `rw` counts, not that of the file system.
fn linux(line: &str) -> Option<(String, Mount)> {
    let (mount, filesystem) = line.split_once(" - ")?;
    let mut fields = mount.split(' ').skip(4);
    let (path, own) = (fields.next()?, fields.next()?);
    let mut fields = filesystem.split(' ');
    let (kind, device, shared) = (fields.next()?, fields.next()?, fields.next()?);
    let shared = shared.split(',').filter(|it| !matches!(*it, "ro" | "rw")).map(unescape);
    let mount = Mount {
        device: unescape(device),
        kind: kind.to_owned(),
        options: own.split(',').map(str::to_owned).chain(shared).collect(),
    };
    Some((unescape(path), mount))
}

/// `/dev/sd0a (a1b2.a) on / type ffs (rw, local, ctime=Sun Nov  2 11:00:00 2025)`
fn openbsd(line: &str) -> Option<(String, Mount)> {
    let (device, rest) = line.split_once(" on /")?;
    let (path, rest) = rest.split_once(" type ")?;
    let (kind, flags) = rest.split_once(' ')?;
    let flags = flags.strip_prefix('(')?.strip_suffix(')')?;
    let mount = Mount {
        device: device.split(' ').next()?.to_owned(),
        kind: kind.to_owned(),
        options: flags
            .split(',')
            .filter(|it| !it.contains("ctime="))
            .map(|it| it.trim().to_owned())
            .collect(),
    };
    Some((format!("/{path}"), mount))
}

fn freebsd(output: &str) -> Option<IndexMap<String, Mount>> {
    let json: serde_json::Value = serde_json::from_str(output).ok()?;
    let entries = json.get("mount")?.get("fstab")?.as_array()?;
    let read = |entry: &serde_json::Value| {
        let field = |name: &str| Some(entry.get(name)?.as_str()?.to_owned());
        let options = field("opts")?.split(',').map(|it| it.trim().to_owned()).collect();
        let mount = Mount { device: field("device")?, kind: field("fstype")?, options };
        Some((field("mntpoint")?, mount))
    };
    entries.iter().map(read).collect()
}

/// Three octal digits after a backslash are a byte: `\040` is a space.
fn unescape(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('\\') {
        bytes.extend(before.bytes());
        let byte = after.get(..3).and_then(|digits| u8::from_str_radix(digits, 8).ok());
        bytes.push(byte.unwrap_or(b'\\'));
        rest = if byte.is_some() { after.get(3..).unwrap_or_default() } else { after };
    }
    bytes.extend(rest.bytes());
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_linux_and_openbsd_print() {
        let output = "36 35 98:0 / /mnt/my\\040data ro,noatime master:1 shared:2 - ext3 /dev/r\\134 rw,errors=continue\n\
            /dev/sd0a (a1b2.a) on / type ffs (rw, local, ctime=Sun Nov  2 11:00:00 2025)\n";
        let mounts = Mounts {}.parse(output).unwrap();
        let data = &mounts["/mnt/my data"];
        assert_eq!(data.device, "/dev/r\\");
        assert_eq!(data.options, ["ro", "noatime", "errors=continue"]);
        let root = &mounts["/"];
        assert_eq!((root.device.as_str(), root.kind.as_str()), ("/dev/sd0a", "ffs"));
        assert_eq!(root.options, ["rw", "local"]);
        assert!(Mounts {}.parse("nonsense").is_err());
    }

    #[test]
    fn reads_what_freebsd_prints() {
        let output = r#"{"mount": {"fstab": [{"device": "zroot", "mntpoint": "/", "fstype": "zfs", "opts": "rw, noatime"}]}}"#;
        assert_eq!(Mounts {}.parse(output).unwrap()["/"].options, ["rw", "noatime"]);
    }
}
