use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::stat::{BSD, GNU, ls_line, stat_line};
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

impl EntryKind {
    /// Such a thing, in words.
    pub fn in_words(self) -> &'static str {
        match self {
            Self::File => "a file",
            Self::Directory => "a directory",
            Self::Link => "a link",
            Self::Socket => "a socket",
            Self::Block | Self::Character => "a device",
            Self::Fifo => "a named pipe",
        }
    }
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
        let (gnu, bsd) = (format!("{GNU} %N"), format!("{BSD} %N%SY"));
        sh!("if [ -e {path} ] || [ -L {path} ]; then \
            stat -c {gnu} {path} 2>/dev/null \
            || stat -f {bsd} {path} 2>/dev/null \
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
    let (gnu, bsd) = (format!("{GNU} -"), format!("{BSD} -"));
    let found = sorted_out(paths, &sh!("[ -L \"$p\" ]"), &sh!("[ -e \"$p\" ]"));
    sh!("{found}\
        stat -c {gnu} \"$@\" 2>/dev/null \
        || stat -f {bsd} \"$@\" 2>/dev/null \
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

#[cfg(test)]
mod tests {
    use super::*;

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
