//! Containers, images, networks, volumes and plugins of Docker, as its client tells them.

mod all;
mod auths;
mod container;
mod derived;
mod engine;
mod images;
mod inspect;

pub use all::{DockerContainers, DockerImages, DockerNetworks, DockerPlugins, DockerVolumes};
pub use auths::DockerAuths;
pub(crate) use auths::logins;
pub use container::{DockerContainerFsChanges, DockerContainerProcesses, DockerContainerStats};
pub use derived::{
    DockerContainerEnvs, DockerContainerLabels, DockerContainerMounts, DockerContainerNetworks,
    DockerContainerPorts, DockerImageLabels, DockerImageLayers, DockerNetworkLabels,
    DockerVolumeLabels,
};
pub use engine::{DockerSystemInfo, DockerVersion};
pub use images::DockerImageHistory;
pub use inspect::{DockerContainer, DockerImage, DockerNetwork, DockerPlugin, DockerVolume};
use serde_json::Value as Json;

use crate::fact::{FactDef, unreadable};
use crate::{Args, Result, Scope};

pub(super) const FACTS: &[FactDef] = &[
    FactDef::of::<DockerAuths>(),
    FactDef::of::<DockerContainer>(),
    FactDef::of::<DockerContainerEnvs>(),
    FactDef::of::<DockerContainerFsChanges>(),
    FactDef::of::<DockerContainerLabels>(),
    FactDef::of::<DockerContainerMounts>(),
    FactDef::of::<DockerContainerNetworks>(),
    FactDef::of::<DockerContainerPorts>(),
    FactDef::of::<DockerContainerProcesses>(),
    FactDef::of::<DockerContainerStats>(),
    FactDef::of::<DockerContainers>(),
    FactDef::of::<DockerImage>(),
    FactDef::of::<DockerImageHistory>(),
    FactDef::of::<DockerImageLabels>(),
    FactDef::of::<DockerImageLayers>(),
    FactDef::of::<DockerImages>(),
    FactDef::of::<DockerNetwork>(),
    FactDef::of::<DockerNetworkLabels>(),
    FactDef::of::<DockerNetworks>(),
    FactDef::of::<DockerPlugin>(),
    FactDef::of::<DockerPlugins>(),
    FactDef::of::<DockerSystemInfo>(),
    FactDef::of::<DockerVersion>(),
    FactDef::of::<DockerVolume>(),
    FactDef::of::<DockerVolumeLabels>(),
    FactDef::of::<DockerVolumes>(),
];

/// All that Docker holds. Such a path is no file's: it does not begin with a slash.
pub(crate) fn everything() -> Scope {
    Scope::tree("docker:")
}

/// One object: `container`, `image`, `network`, `volume` or `plugin`, and its name.
pub(crate) fn object(kind: &str, name: &str) -> Scope {
    Scope::path(format!("docker:/{kind}/{name}"))
}

/// All objects of a kind.
fn objects(kind: &str) -> Scope {
    Scope::tree(format!("docker:/{kind}"))
}

/// What a part depends on besides itself.
fn reads(part: Scope) -> Vec<Scope> {
    vec![part, Scope::PACKAGES, Scope::SERVICES]
}

/// Reads one JSON document.
fn json<F: Args>(fact: &F, output: &str) -> Result<Json> {
    serde_json::from_str(output).map_err(|_| unreadable(fact, output.trim_start()))
}

/// Reads a JSON document a line.
fn json_lines<F: Args>(fact: &F, output: &str) -> Result<Vec<Json>> {
    output.lines().filter(|line| !line.trim().is_empty()).map(|line| json(fact, line)).collect()
}
