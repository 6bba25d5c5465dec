//! Containers of OpenVZ.

use indexmap::IndexMap;
use serde_json::{Map, Value as Json};

use crate::fact::{FactDef, unreadable};
use crate::{Args, Fact, Result, Scope, Shell, sh};

pub(super) const FACTS: &[FactDef] = &[FactDef::of::<OpenvzContainers>()];

/// The containers of OpenVZ by their id, each with its `status` and what else `vzlist` tells.
///
/// ```rhai
/// let containers = host.fact("vzctl.openvz_containers");
/// for id in containers.keys() { host.log(`${id} is ${containers[id].status}`); }
/// ```
#[derive(Clone, Debug, Args)]
#[args("vzctl.openvz_containers")]
pub struct OpenvzContainers {}

/// The containers. Such a path is no file's: it does not begin with a slash.
pub(crate) fn containers() -> Scope {
    Scope::path("vzctl:/containers")
}

impl Fact for OpenvzContainers {
    type Output = IndexMap<String, Map<String, Json>>;

    fn command(&self) -> Shell {
        sh!("vzlist -a -j")
    }

    fn parse(&self, output: &str) -> Result<Self::Output> {
        let all: Vec<Map<String, Json>> =
            serde_json::from_str(output).map_err(|_| unreadable(self, output))?;
        let named = all.into_iter().map(|mut container| {
            let id = match container.shift_remove("ctid")? {
                Json::String(id) => id,
                id => id.to_string(),
            };
            Some((id, container))
        });
        named.collect::<Option<_>>().ok_or_else(|| unreadable(self, output))
    }

    fn requires(&self) -> Option<&'static str> {
        Some("vzlist")
    }

    fn reads(&self) -> Vec<Scope> {
        vec![containers(), Scope::PACKAGES]
    }
}
