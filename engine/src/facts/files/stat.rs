//! Lines of `stat` and `ls -l`, read.

use super::entry::{EntryInfo, EntryKind, Ids, Info, Timestamp};

/// What GNU and busybox `stat -c` are asked for, and what BSD's `stat -f` is: [`stat_line`] reads both. Behind them
/// comes the name, or a dash.
pub(super) const GNU: &str =
    "uid=%u gid=%g inode=%d:%i user=%U group=%G mode=%A atime=%X mtime=%Y ctime=%Z size=%s";
pub(super) const BSD: &str =
    "uid=%u gid=%g inode=%d:%i user=%Su group=%Sg mode=%Sp atime=%a mtime=%m ctime=%c size=%z";

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
    let since_1970 = |text: &str| text.parse().ok().map(Timestamp);
    let rest = Info {
        atime: since_1970(atime),
        mtime: since_1970(mtime),
        ctime: since_1970(ctime),
        size: size.parse().ok(),
        ids,
        ..Info::default()
    };
    entry(mode, [user, group], name, rest)
}

/// `uid=0 gid=0 inode=1:2`
fn ids_of(numbers: &str) -> Option<Ids> {
    let (uid, rest) = numbers.strip_prefix("uid=")?.split_once(" gid=")?;
    let (gid, inode) = rest.split_once(" inode=")?;
    Some(Ids { uid: uid.parse().ok()?, gid: gid.parse().ok()?, inode: inode.to_owned() })
}

/// `-rw-r--r-- 1 root root 8 Jan  1  1970 name`.
pub(super) fn ls_line(line: &str) -> Option<EntryInfo> {
    let mut words = line.split_whitespace();
    let (mode, _links) = (words.next()?, words.next()?.parse::<u64>().ok()?);
    let (user, group) = (words.next()?, words.next()?);
    let size = words.next()?.parse().ok();
    let date = [words.next()?, words.next()?, words.next()?];
    let name = words.collect::<Vec<_>>().join(" ");
    entry(mode, [user, group], &name, Info { mtime: ls_time(date), size, ..Info::default() })
}

/// What a line says: `-rw-r--r--`, whose it is, `name -> target`, and what else was read of it.
fn entry(mode: &str, [user, group]: [&str; 2], name: &str, rest: Info) -> Option<EntryInfo> {
    let kind = kind_of(mode)?;
    let info = Info {
        user: Some(user.to_owned()),
        group: Some(group.to_owned()),
        mode: Some(digits_of(mode)?),
        link_target: (kind == EntryKind::Link).then(|| target_of(name)).flatten(),
        ..rest
    };
    Some(EntryInfo { kind, info })
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
}
