//! Containers of LXD.

use serde_json::Value as Json;

use crate::fact::{FactDef, unreadable};
use crate::{Args, Fact, Result, Scope, Shell, sh};

pub(super) const FACTS: &[FactDef] = &[FactDef::of::<LxdContainers>()];

/// The containers of LXD, each with its `name`, `status` and what else `lxc list` tells.
///
/// ```rhai
/// for container in host.fact("lxd.lxd_containers") { host.log(container.name); }
/// ```
#[derive(Clone, Debug, Args)]
#[args("lxd.lxd_containers")]
pub struct LxdContainers {}

/// The containers. Such a path is no file's: it does not begin with a slash.
pub(crate) fn containers() -> Scope {
    Scope::path("lxd:/containers")
}

impl Fact for LxdContainers {
    type Output = Vec<Json>;

    fn command(&self) -> Shell {
        sh!("lxc list --format json --fast")
    }

    fn parse(&self, output: &str) -> Result<Self::Output> {
        serde_json::from_str(output).map_err(|_| unreadable(self, output))
    }

    fn requires(&self) -> Option<&'static str> {
        Some("lxc")
    }

    fn reads(&self) -> Vec<Scope> {
        vec![containers(), Scope::PACKAGES, Scope::SERVICES]
    }
}
