use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::bytes::decode;
use crate::fact::together::{Sorted, Together, sorted_out};
use crate::fact::unreadable;
use crate::{Args, Fact, Result, Scope, Shell, sh};

/// Whatever is at a path, links not followed: kind, owner, mode, size, times. `()` where nothing is.
///
/// ```rhai
/// let entry = host.fact("files.entry", "/etc/passwd");
/// if entry != () { host.log(entry.kind); }
/// ```
#[derive(Clone, Debug, Args)]
#[args("files.entry")]
pub struct Entry {
    /// The path.
    pub path: String,
}

/// What is at a path.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntryInfo {
    /// What kind of thing it is.
    pub kind: EntryKind,
    /// Owner, mode, size and times.
    #[serde(flatten)]
    pub info: Info,
}

/// Kinds of things that a path can name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EntryKind {
    /// A regular file.
    File,
    /// A directory.
    Directory,
    /// A symbolic link.
    Link,
    /// A Unix socket.
    Socket,
    /// A block device.
    Block,
    /// A character device.
    Character,
    /// A named pipe.
    Fifo,
}

/// Owner, mode, size and times.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Info {
    /// Owner.
    pub user: Option<String>,
    /// Group.
    pub group: Option<String>,
    /// Permission bits as octal digits: 644.
    #[serde(deserialize_with = "octal_digits")]
    pub mode: Option<u32>,
    /// Time of last access.
    pub atime: Option<Timestamp>,
    /// Time of last change of the content.
    pub mtime: Option<Timestamp>,
    /// Time of last change of anything.
    pub ctime: Option<Timestamp>,
    /// Bytes.
    pub size: Option<u64>,
    /// Where a link points.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub link_target: Option<String>,
    /// The numbers behind the names; `None` where only `ls` could tell.
    #[serde(skip)]
    pub ids: Option<Ids>,
}

/// The numbers behind an entry's names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ids {
    /// The owner's number.
    pub uid: u32,
    /// The group's number.
    pub gid: u32,
    /// Device and inode: two paths with the same one are hard links of one file.
    pub inode: String,
}

/// Digits as a number or as text: `644`, `"644"`.
fn octal_digits<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u32>, D::Error> {
    use serde::de::Error;
    match serde_json::Value::deserialize(deserializer)? {
        serde_json::Value::Null => Ok(None),
        serde_json::Value::String(text) => text.parse().map(Some).map_err(D::Error::custom),
        other => serde_json::from_value(other).map_err(D::Error::custom),
    }
}

impl Info {
    /// The permission bits as a number: `0o644`.
    pub fn bits(&self) -> Option<u32> {
        u32::from_str_radix(&self.mode?.to_string(), 8).ok()
    }

    /// The octal digits of permission bits: 644 for `0o644`.
    pub fn digits(bits: u32) -> u32 {
        format!("{bits:o}").parse().unwrap_or_default()
    }
}

/// A moment, in seconds since 1970 UTC; written as `2026-01-31T10:00:00`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Timestamp(pub i64);

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let time = jiff::Timestamp::from_second(self.0).unwrap_or_default();
        serializer.collect_str(&time.strftime("%Y-%m-%dT%H:%M:%S"))
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        use serde::de::Error;
        match serde_json::Value::deserialize(deserializer)? {
            serde_json::Value::Number(seconds) => {
                seconds.as_i64().map(Self).ok_or_else(|| D::Error::custom("seconds are whole"))
            }
            serde_json::Value::String(text) => {
                let text = text.trim_start_matches("datetime:").replace(' ', "T");
                let zoned = text.parse::<jiff::Timestamp>().ok();
                zoned
                    .or_else(|| format!("{text}Z").parse::<jiff::Timestamp>().ok())
                    .map(|time| Self(time.as_second()))
                    .ok_or_else(|| D::Error::custom(format!("`{text}` is no time")))
            }
            other => Err(D::Error::custom(format!("`{other}` is no time"))),
        }
    }
}

/// What a path is to a fact that looks for one kind.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Found {
    /// Nothing is there.
    #[default]
    Absent,
    /// Something of another kind is there.
    Other,
    /// It is there.
    Here(Info),
}

impl Found {
    /// What an entry is to a fact that looks for `kind`.
    pub fn of(entry: Option<&EntryInfo>, kind: EntryKind) -> Self {
        match entry {
            None => Self::Absent,
            Some(entry) if entry.kind == kind => Self::Here(entry.info.clone()),
            Some(_) => Self::Other,
        }
    }

    /// Owner, mode and so on, where it is there.
    pub fn here(&self) -> Option<&Info> {
        match self {
            Self::Here(info) => Some(info),
            _ => None,
        }
    }
}

/// `null`, `false` or an object, as pyinfra's facts have it.
impl Serialize for Found {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Absent => serializer.serialize_none(),
            Self::Other => serializer.serialize_bool(false),
            Self::Here(info) => info.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for Found {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        use serde::de::Error;
        match serde_json::Value::deserialize(deserializer)? {
            serde_json::Value::Null => Ok(Self::Absent),
            serde_json::Value::Bool(false) => Ok(Self::Other),
            serde_json::Value::Bool(true) => Ok(Self::Here(Info::default())),
            other => serde_json::from_value(other).map(Self::Here).map_err(D::Error::custom),
        }
    }
}

impl Fact for Entry {
    type Output = Option<EntryInfo>;

    /// GNU and busybox `stat`, else BSD's, else `ls`. A link's target follows on a line of its own,
    /// since `%N` quotes it in ways that differ.
    fn command(&self) -> Shell {
        let path = self.operand();
        sh!("if [ -e {path} ] || [ -L {path} ]; then \
            stat -c 'uid=%u gid=%g inode=%d:%i user=%U group=%G mode=%A atime=%X mtime=%Y ctime=%Z size=%s %N' {path} 2>/dev/null \
            || stat -f 'uid=%u gid=%g inode=%d:%i user=%Su group=%Sg mode=%Sp atime=%a mtime=%m ctime=%c size=%z %N%SY' {path} 2>/dev/null \
            || ls -ld {path}; if [ -L {path} ]; then readlink {path}; fi; fi")
    }

    fn parse(&self, output: &str) -> Result<Self::Output> {
        let (line, target) = output.split_once('\n').unwrap_or((output, ""));
        let mut entry =
            stat_line(line).or_else(|| ls_line(line)).ok_or_else(|| unreadable(self, line))?;
        if entry.kind == EntryKind::Link && !target.trim_end().is_empty() {
            entry.info.link_target = Some(target.trim_end_matches('\n').to_owned());
        }
        Ok(Some(entry))
    }

    fn parse_bytes(&self, output: &[u8]) -> Result<Self::Output> {
        self.parse(&decode(output))
    }

    fn reads(&self) -> Vec<Scope> {
        vec![Scope::path(&self.path)]
    }

    fn together(&self) -> Option<Together> {
        Some(Together { word: self.operand(), command: stat_all, split: apart })
    }
}

/// One `stat` for all that is there; then the links' targets, each ended by a NUL. Where `stat` is of another kind, or
/// something went away meanwhile, they are asked one by one.
fn stat_all(paths: &[&str]) -> Shell {
    let found = sorted_out(paths, &sh!("[ -L \"$p\" ]"), &sh!("[ -e \"$p\" ]"));
    sh!("{found}\
        stat -c 'uid=%u gid=%g inode=%d:%i user=%U group=%G mode=%A atime=%X mtime=%Y ctime=%Z size=%s -' \"$@\" 2>/dev/null \
        || stat -f 'uid=%u gid=%g inode=%d:%i user=%Su group=%Sg mode=%Sp atime=%a mtime=%m ctime=%c size=%z -' \"$@\" 2>/dev/null \
        || exit 1; \
        for p do if [ -L \"$p\" ]; then readlink \"$p\"; printf '\\0'; fi; done")
}

fn apart(output: &[u8]) -> Option<Vec<Vec<u8>>> {
    let Sorted { kinds, lines, rest } = Sorted::read(output)?;
    let mut targets = rest.split(|byte| *byte == 0);
    let mut all = Vec::with_capacity(kinds.len());
    for (kind, line) in kinds.iter().zip(lines) {
        let mut alone = line.unwrap_or_default().to_vec();
        if *kind == b'l' {
            alone.push(b'\n');
            alone.extend_from_slice(targets.next()?);
        }
        all.push(alone);
    }
    // What follows the last NUL is nothing, and stands for it.
    (targets.next() == Some(b"") && targets.next().is_none()).then_some(all)
}

impl Entry {
    /// The path such that no program takes it for an option.
    pub(super) fn operand(&self) -> String {
        if self.path.starts_with('-') { format!("./{}", self.path) } else { self.path.clone() }
    }
}

/// `uid=0 gid=0 inode=1:2 user=root group=root mode=-rw-r--r-- atime=1 mtime=1 ctime=1 size=8 'name'`,
/// the first three only as our own command prints it.
pub(super) fn stat_line(line: &str) -> Option<EntryInfo> {
    let (ids, line) = match line.split_once(" user=") {
        Some((numbers, rest)) if numbers.starts_with("uid=") => (ids_of(numbers), rest),
        _ => (None, line.strip_prefix("user=")?),
    };
    let (user, rest) = line.split_once(" group=")?;
    let (group, rest) = rest.split_once(" mode=")?;
    let (mode, rest) = rest.split_once(" atime=")?;
    let (atime, rest) = rest.split_once(" mtime=")?;
    let (mtime, rest) = rest.split_once(" ctime=")?;
    let (ctime, rest) = rest.split_once(" size=")?;
    let (size, name) = rest.split_once(' ')?;
    let kind = kind_of(mode)?;
    Some(EntryInfo {
        kind,
        info: Info {
            user: Some(user.to_owned()),
            group: Some(group.to_owned()),
            mode: Some(digits_of(mode)?),
            atime: atime.parse().ok().map(Timestamp),
            mtime: mtime.parse().ok().map(Timestamp),
            ctime: ctime.parse().ok().map(Timestamp),
            size: size.parse().ok(),
            link_target: (kind == EntryKind::Link).then(|| target_of(name)).flatten(),
            ids,
        },
    })
}

/// `uid=0 gid=0 inode=1:2`
fn ids_of(numbers: &str) -> Option<Ids> {
    let (uid, rest) = numbers.strip_prefix("uid=")?.split_once(" gid=")?;
    let (gid, inode) = rest.split_once(" inode=")?;
    Some(Ids { uid: uid.parse().ok()?, gid: gid.parse().ok()?, inode: inode.to_owned() })
}

/// `-rw-r--r-- 1 root root 8 Jan  1  1970 name`; the time of day is not kept, so neither is the day.
fn ls_line(line: &str) -> Option<EntryInfo> {
    let mut words = line.split_whitespace();
    let (mode, _links) = (words.next()?, words.next()?.parse::<u64>().ok()?);
    let (user, group) = (words.next()?, words.next()?);
    let size = words.next()?.parse().ok();
    let date = [words.next()?, words.next()?, words.next()?];
    let name = words.collect::<Vec<_>>().join(" ");
    let kind = kind_of(mode)?;
    Some(EntryInfo {
        kind,
        info: Info {
            user: Some(user.to_owned()),
            group: Some(group.to_owned()),
            mode: Some(digits_of(mode)?),
            atime: None,
            mtime: ls_time(date),
            ctime: None,
            size,
            link_target: (kind == EntryKind::Link).then(|| target_of(&name)).flatten(),
            ids: None,
        },
    })
}

const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// `Jan 1 1970`, `1 Jan 1970`; a time instead of a year means this year, as the host sees it.
fn ls_time([first, second, last]: [&str; 3]) -> Option<Timestamp> {
    let (month, day) = if first.parse::<u8>().is_ok() { (second, first) } else { (first, second) };
    let month = MONTHS.iter().position(|it| *it == month)? + 1;
    let day: u8 = day.parse().ok()?;
    let (year, clock) = match last.split_once(':') {
        Some(_) => (jiff::Timestamp::now().strftime("%Y").to_string(), last.to_owned()),
        None => (last.to_owned(), "00:00".to_owned()),
    };
    let time = format!("{year}-{month:02}-{day:02}T{clock}:00Z").parse::<jiff::Timestamp>().ok()?;
    Some(Timestamp(time.as_second()))
}

fn kind_of(mode: &str) -> Option<EntryKind> {
    Some(match mode.chars().next()? {
        '-' => EntryKind::File,
        'd' => EntryKind::Directory,
        'l' => EntryKind::Link,
        's' => EntryKind::Socket,
        'b' => EntryKind::Block,
        'c' => EntryKind::Character,
        'p' => EntryKind::Fifo,
        _ => return None,
    })
}

/// The octal digits of `-rwsr-x--t`.
fn digits_of(mode: &str) -> Option<u32> {
    let mut bits = 0;
    for (at, it) in mode.chars().skip(1).take(9).enumerate() {
        let place = 8 - at;
        let special = 1 << (11 - at / 3);
        bits |= match it {
            'r' | 'w' | 'x' => 1 << place,
            's' | 't' => (1 << place) | special,
            'S' | 'T' => special,
            '-' => 0,
            _ => return None,
        };
    }
    Some(Info::digits(bits))
}

/// The target in `'name' -> 'target'`, whichever quotes.
fn target_of(name: &str) -> Option<String> {
    let (_, target) = name.split_once(" -> ")?;
    let quoted = [('\'', '\''), ('`', '\''), ('"', '"')];
    let bare = quoted
        .iter()
        .find_map(|(open, close)| target.strip_prefix(*open)?.strip_suffix(*close))
        .unwrap_or(target);
    Some(bare.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_every_bit_of_a_mode() {
        for (mode, digits) in
            [("-rw-r--r--", 644), ("drwxrwxrwt", 1777), ("-rwsr-Sr-T", 7744), ("----------", 0)]
        {
            assert_eq!(digits_of(mode), Some(digits), "{mode}");
        }
    }

    #[test]
    fn a_link_target_may_hold_anything() {
        let entry = Entry { path: "/l".into() };
        let line = "user=a group=b mode=lrwxrwxrwx atime=1 mtime=1 ctime=1 size=3 '/l' -> 'x'\n";
        let found = entry.parse(&format!("{line}it's -> odd\n")).unwrap().unwrap();
        assert_eq!(found.info.link_target.as_deref(), Some("it's -> odd"));
        let found = entry.parse(line).unwrap().unwrap();
        assert_eq!(found.info.link_target.as_deref(), Some("x"));
    }
}
