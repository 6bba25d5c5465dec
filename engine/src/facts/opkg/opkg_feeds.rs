use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use super::plain;
use crate::{Args, Fact, Result, Scope, Shell};

/// The feeds of opkg by name, each with its address, its format, and whether it is `distribution` or
/// `custom`.
///
/// ```rhai
/// for name in host.fact("opkg.opkg_feeds").keys() { host.log(name); }
/// ```
#[derive(Clone, Debug, Args)]
#[args("opkg.opkg_feeds")]
pub struct OpkgFeeds {}

/// One feed: its address, its format (`src/gz`), and who named it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Feed(pub String, pub String, pub String);

impl Fact for OpkgFeeds {
    type Output = IndexMap<String, Feed>;

    fn command(&self) -> Shell {
        Shell::raw(
            "cat /etc/opkg/distfeeds.conf 2>/dev/null; echo CUSTOM; \
             cat /etc/opkg/customfeeds.conf 2>/dev/null || true",
        )
    }

    /// `src/gz openwrt_core http://downloads.openwrt.org/…`; other lines are skipped.
    fn parse(&self, output: &str) -> Result<Self::Output> {
        let mut feeds = IndexMap::new();
        let mut kind = "distribution";
        for line in output.lines() {
            let words: Vec<&str> = plain(line).split_whitespace().collect();
            match *words {
                ["CUSTOM"] => kind = "custom",
                [format, name, address] => {
                    let feed = Feed(address.to_owned(), format.to_owned(), kind.to_owned());
                    feeds.insert(name.to_owned(), feed);
                }
                _ => {}
            }
        }
        Ok(feeds)
    }

    fn requires(&self) -> Option<&'static str> {
        Some("opkg")
    }

    fn reads(&self) -> Vec<Scope> {
        vec![Scope::tree("/etc/opkg")]
    }
}
