use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::{architecture, plain};
use crate::{Args, Fact, Result, Scope, Shell};

/// The settings of opkg as a list of four: destinations with their paths, the directory of package lists,
/// options, and architectures with their priorities.
///
/// An option without a value is `true`.
///
/// ```rhai
/// let options = host.fact("opkg.opkg_conf")[2];
/// if "check_signature" in options { host.log("signatures are checked"); }
/// ```
#[derive(Clone, Debug, Args)]
#[args("opkg.opkg_conf")]
pub struct OpkgConf {}

/// The settings.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conf(
    /// Destinations with their paths.
    pub IndexMap<String, String>,
    /// The directory of package lists.
    pub String,
    /// Options: text, or `true`.
    pub IndexMap<String, Json>,
    /// Architectures with their priorities.
    pub IndexMap<String, u32>,
);

impl Fact for OpkgConf {
    type Output = Conf;

    fn command(&self) -> Shell {
        Shell::raw("cat /etc/opkg.conf 2>/dev/null || true")
    }

    /// Lines that are none of these are skipped.
    fn parse(&self, output: &str) -> Result<Self::Output> {
        let mut conf = Conf::default();
        for line in output.lines() {
            let words: Vec<&str> = plain(line).split_whitespace().collect();
            match *words {
                ["dest", name, path] => {
                    conf.0.insert(name.to_owned(), path.to_owned());
                }
                ["lists_dir", "ext", path] => path.clone_into(&mut conf.1),
                ["option", name] => {
                    conf.2.insert(name.to_owned(), true.into());
                }
                ["option", name, ref value @ ..] => {
                    conf.2.insert(name.to_owned(), value.join(" ").into());
                }
                _ => conf.3.extend(architecture(&words)),
            }
        }
        Ok(conf)
    }

    fn requires(&self) -> Option<&'static str> {
        Some("opkg")
    }

    fn reads(&self) -> Vec<Scope> {
        vec![Scope::path("/etc/opkg.conf")]
    }
}
