use indexmap::IndexMap;

use crate::facts::server::{self, Kernel, Mounts};
use crate::{Args, Commands, Host, Operation, Result, Scope, Shell, sh};

/// Mount or unmount a file system, or change the options with which it is mounted.
///
/// It stays so until the host restarts; what is mounted then is said in `/etc/fstab`, which this does
/// not touch. Without `device`, `/etc/fstab` must say what belongs there. Where `path` is no mount but
/// `device` is mounted elsewhere, that mount is meant.
///
/// ```rhai
/// server.mount("/data", #{ device: "/dev/sdb1", fs_type: "ext4", options: ["noatime"] });
/// server.mount("/mnt/old", #{ mounted: false });
/// ```
#[derive(Debug, Args)]
#[args("server.mount")]
pub(crate) struct Mount {
    /// The directory where it is mounted.
    path: String,

    /// Whether it should be mounted.
    #[arg(default = true)]
    mounted: bool,

    /// Options that it should have; it is mounted anew where one is missing.
    options: Option<Vec<String>>,

    /// What is mounted.
    device: Option<String>,

    /// The kind of file system.
    fs_type: Option<String>,
}

impl Operation for Mount {
    fn plan(&self, host: &Host<'_>) -> Result<Commands> {
        if self.mounted && self.options.is_some() {
            host.want(&Kernel {});
        }
        let mounts = host.fact(&Mounts {})?;
        match (self.mounted, self.find(&mounts)) {
            (false, None) => Ok(Commands::none(format!("{} is not mounted", self.path))),
            (false, Some((path, _))) => Ok(Self::unmount(&mounts, path)),
            (true, None) => Ok(self.mount(&mounts)),
            (true, Some((path, now))) => self.change(host, &mounts, path, now),
        }
    }

    fn touches(&self) -> Vec<Scope> {
        vec![Scope::Topic("mounts"), Scope::tree(&self.path)]
    }
}

type All = IndexMap<String, server::Mount>;

impl Mount {
    fn find<'a>(&self, mounts: &'a All) -> Option<(&'a str, &'a server::Mount)> {
        let here = mounts.get_key_value(self.tidy_path());
        // Many file systems have a device such as `tmpfs`, but only one `/dev/sdb1` or `nas:/data`.
        let device = self.device.as_ref().filter(|it| it.contains('/'));
        let elsewhere = || mounts.iter().find(|(_, it)| Some(&it.device) == device);
        here.or_else(elsewhere).map(|(path, mount)| (path.as_str(), mount))
    }

    fn mount(&self, mounts: &All) -> Commands {
        let mut flags = Shell::new();
        flags.opt("-t", self.fs_type.as_ref()).opt("-o", self.joined());
        let mut todo = Commands::from(sh!("mount {flags} -- {self.device} {self.path}"));
        todo.attribute(&self.path, "mounted", "no", "yes");
        let mount = server::Mount {
            device: self.device.clone().unwrap_or_default(),
            kind: self.fs_type.clone().unwrap_or_default(),
            options: self.options.clone().unwrap_or_default(),
        };
        let mut after = mounts.clone();
        after.insert(self.tidy_path().to_owned(), mount);
        todo.then(&Mounts {}, after);
        todo
    }

    fn unmount(mounts: &All, path: &str) -> Commands {
        let mut todo = Commands::from(sh!("umount -- {path}"));
        todo.attribute(path, "mounted", "yes", "no");
        let mut after = mounts.clone();
        after.shift_remove(path);
        todo.then(&Mounts {}, after);
        todo
    }

    fn change(
        &self,
        host: &Host<'_>,
        mounts: &All,
        path: &str,
        now: &server::Mount,
    ) -> Result<Commands> {
        let options = self.options.as_deref().unwrap_or_default();
        let missing = |it: &&String| !now.options.iter().any(|now| same(it, now)) && shows(it);
        let missing: Vec<String> = options.iter().filter(missing).cloned().collect();
        if missing.is_empty() {
            return Ok(Commands::none(format!("{path} is mounted")));
        }
        let bsd = host.fact(&Kernel {})?.as_deref().is_some_and(|it| it.contains("BSD"));
        let mut todo = if bsd {
            let options = options.join(",");
            Commands::from(sh!("mount -uo {options} -t {now.kind} {now.device} {path}"))
        } else {
            let options = format!("remount,{}", options.join(","));
            Commands::from(sh!("mount -o {options} -- {path}"))
        };
        let mut mount = now.clone();
        // `ro` takes the place of `rw`, and the other way round.
        mount.options.retain(|it| !missing.iter().any(|new| opposite(new, it)));
        mount.options.extend(missing);
        todo.attribute(path, "options", now.options.join(","), mount.options.join(","));
        let mut after = mounts.clone();
        after.insert(path.to_owned(), mount);
        todo.then(&Mounts {}, after);
        Ok(todo)
    }

    /// The path as the kernel lists it.
    fn tidy_path(&self) -> &str {
        match self.path.trim_end_matches('/') {
            "" => "/",
            path => path,
        }
    }

    fn joined(&self) -> Option<String> {
        self.options.as_ref().filter(|it| !it.is_empty()).map(|it| it.join(","))
    }
}

fn opposite(left: &str, right: &str) -> bool {
    matches!((left, right), ("ro", "rw") | ("rw", "ro"))
        || left.strip_prefix("no") == Some(right)
        || right.strip_prefix("no") == Some(left)
}

/// Whether the kernel shows a wanted option as this one: `size=1m` as `size=1024k`, `mode=0755` as
/// `mode=755`, and `size=10%` as what that came to.
fn same(wanted: &str, now: &str) -> bool {
    let (Some((name, value)), Some((other, shown))) = (wanted.split_once('='), now.split_once('='))
    else {
        return wanted == now;
    };
    let is_size = ["size", "nr_blocks", "nr_inodes"].contains(&name);
    let equal = match name {
        "mode" => value.trim_start_matches('0') == shown.trim_start_matches('0'),
        _ if is_size && value.ends_with('%') => true,
        _ if is_size => bytes(value).is_some_and(|it| Some(it) == bytes(shown)),
        _ => false,
    };
    name == other && (equal || value == shown)
}

/// A number with a binary suffix, as tmpfs(5) has it.
fn bytes(text: &str) -> Option<u64> {
    let text = text.to_ascii_lowercase();
    let (digits, factor) = match text.char_indices().last()? {
        (at, 'k') => (text.get(..at)?, 1 << 10),
        (at, 'm') => (text.get(..at)?, 1 << 20),
        (at, 'g') => (text.get(..at)?, 1 << 30),
        _ => (text.as_str(), 1),
    };
    digits.parse::<u64>().ok()?.checked_mul(factor)
}

/// Whether an option can be seen in what is mounted. The others are the kernel's defaults, or are for
/// `mount` and `/etc/fstab` alone (`mount(8)`).
fn shows(option: &str) -> bool {
    let silent = [
        "defaults", "auto", "noauto", "user", "nouser", "users", "group", "owner", "nofail",
        "_netdev", "suid", "dev", "exec", "async", "atime", "diratime", "bind", "rbind", "loop",
    ];
    !silent.contains(&option) && !option.starts_with("x-") && !option.starts_with("comment=")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_an_option_as_the_kernel_shows_it() {
        for (wanted, now, expected) in [
            ("noexec", "noexec", true),
            ("size=1m", "size=1024k", true),
            ("size=1m", "size=1025k", false),
            ("size=10%", "size=99k", true),
            ("mode=0755", "mode=755", true),
            ("uid=5", "gid=5", false),
            ("size=1m", "noexec", false),
        ] {
            assert_eq!(same(wanted, now), expected, "{wanted} {now}");
        }
    }
}
