//! apt's index: how old it is, and how it is renewed.

use crate::command::Output;
use crate::facts::files::{Entry, File};
use crate::facts::server::Date;
use crate::operations::files::seconds_of;
use crate::{Commands, Host, Result, Shell, sh};

/// The file whose time tells when the index was last renewed. Ubuntu touches it by itself, Debian does
/// not, so we do.
const STAMP: &str = "/var/lib/apt/periodic/update-success-stamp";

/// Says that [`is_stale`] will be asked.
pub(super) fn want(host: &Host<'_>, cache_time: Option<i64>) {
    if cache_time.is_some() {
        host.want(&Entry { path: STAMP.to_owned() });
        host.want(&Date {});
    }
}

/// Whether the index is older than so many seconds. Without a number it always is.
pub(super) fn is_stale(host: &Host<'_>, cache_time: Option<i64>) -> Result<bool> {
    let Some(seconds) = cache_time.filter(|it| *it > 0) else { return Ok(true) };
    want(host, cache_time);
    let stamp = host.fact(&File::at(STAMP))?;
    let Some(renewed) = stamp.here().and_then(|info| info.mtime) else { return Ok(true) };
    let now = host.fact(&Date {})?;
    Ok((*now).as_deref().and_then(seconds_of).is_none_or(|now| now - renewed.0 >= seconds))
}

/// Renews the index and notes when. The language is fixed, so that [`fetched`] can read the output.
pub(super) fn renew(todo: &mut Commands) {
    todo.run(line());
    todo.attribute("apt", "index", "stale", "renewed");
}

/// apt-get waits for the lock of packages, but not for that of the index, which the system's own daily
/// run holds: so we do, at most five minutes. proc(5), "/proc/locks": a lock is listed with its file's
/// inode.
fn line() -> Shell {
    sh!("tries=0; while [ $tries -lt 300 ] && grep -qs \
        \":$(stat -c %i /var/lib/apt/lists/lock 2>/dev/null) 0 EOF\" /proc/locks; \
        do sleep 1; tries=$((tries + 1)); done; \
        LC_ALL=C DEBIAN_FRONTEND=noninteractive apt-get update && touch {STAMP}")
}

/// Whether anything new came with the index. The signed list of what there is ("`InRelease`") is often
/// fetched again just to learn that nothing is.
pub(super) fn fetched(outputs: &[Output]) -> bool {
    let texts: Vec<_> =
        outputs.iter().map(|output| String::from_utf8_lossy(&output.stdout)).collect();
    let is_list = |line: &str| [" InRelease", " Release"].iter().any(|it| line.contains(it));
    let mut lines = texts.iter().flat_map(|text| text.lines());
    let (mut known, mut new) = (false, false);
    lines.by_ref().for_each(|line| {
        known |= line.starts_with("Hit:") || (line.starts_with("Get:") && is_list(line));
        new |= line.starts_with("Get:") && !is_list(line);
    });
    new || !known
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_index_that_is_as_it_was_is_no_change() {
        for (text, expected) in [
            ("Hit:1 http://x bookworm InRelease\nReading package lists...\n", false),
            ("Get:1 http://x bookworm InRelease [9 kB]\nHit:2 http://x y InRelease\n", false),
            (
                "Hit:1 http://x bookworm InRelease\nGet:2 http://x y/main amd64 Packages [9 kB]\n",
                true,
            ),
            ("", true),
        ] {
            let output = Output { stdout: text.into(), ..Output::default() };
            assert_eq!(fetched(&[output]), expected, "{text}");
        }
    }
}
