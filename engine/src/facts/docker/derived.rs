//! Parts of what Docker tells of all containers, images, networks or volumes, by id or name.

use std::sync::Arc;

use indexmap::IndexMap;
use serde_json::{Map, Value as Json};

use super::{DockerContainers, DockerImages, DockerNetworks, DockerVolumes};
use crate::{Args, Ask, Fact, Host, Result, Scope};

macro_rules! derived {
    ($(#[$doc:meta])* $fact:ident, $name:literal, $of:ident by $id:literal, $part:expr) => {
        $(#[$doc])*
        #[derive(Clone, Debug, Args)]
        #[args($name)]
        pub struct $fact {}

        impl Ask for $fact {
            type Output = IndexMap<String, Json>;

            fn find(&self, host: &Host<'_>) -> Result<Arc<Self::Output>> {
                let all = host.fact(&$of {})?;
                let part: fn(&Json) -> Json = $part;
                let objects = all.as_array().into_iter().flatten();
                let parts = objects
                    .filter_map(|it| Some((it.get($id)?.as_str()?.to_owned(), part(it))));
                Ok(Arc::new(parts.collect()))
            }

            fn depends_on(&self) -> Vec<Scope> {
                $of {}.reads()
            }
        }
    };
}

/// What is at a path, or an empty map.
fn map(object: &Json, path: &str) -> Json {
    let found = object.pointer(path).filter(|it| !it.is_null());
    found.cloned().unwrap_or_else(|| Json::Object(Map::new()))
}

/// What is at a path, or an empty list.
fn list(object: &Json, path: &str) -> Json {
    let found = object.pointer(path).filter(|it| !it.is_null());
    found.cloned().unwrap_or_else(|| Json::Array(Vec::new()))
}

/// `NAME=value` lines as a map.
fn environment(object: &Json) -> Json {
    let lines = object.pointer("/Config/Env").and_then(Json::as_array).into_iter().flatten();
    let pairs = lines.filter_map(Json::as_str).map(|line| {
        let (name, value) = line.split_once('=').unwrap_or((line, ""));
        (name.to_owned(), Json::from(value))
    });
    Json::Object(pairs.collect())
}

/// An image's labels; old images have them in the configuration of the container that built them.
fn image_labels(object: &Json) -> Json {
    match map(object, "/Config/Labels") {
        Json::Object(labels) if labels.is_empty() => map(object, "/ContainerConfig/Labels"),
        labels => labels,
    }
}

derived! {
    /// The environment variables of all containers, by the container's id.
    ///
    /// ```rhai
    /// let environments = host.fact("docker.docker_container_envs");
    /// ```
    DockerContainerEnvs, "docker.docker_container_envs", DockerContainers by "Id", environment
}

derived! {
    /// The labels of all containers, by the container's id.
    ///
    /// ```rhai
    /// let labels = host.fact("docker.docker_container_labels");
    /// ```
    DockerContainerLabels, "docker.docker_container_labels", DockerContainers by "Id",
    |it| map(it, "/Config/Labels")
}

derived! {
    /// What is mounted in all containers, by the container's id.
    ///
    /// ```rhai
    /// let mounts = host.fact("docker.docker_container_mounts");
    /// ```
    DockerContainerMounts, "docker.docker_container_mounts", DockerContainers by "Id",
    |it| list(it, "/Mounts")
}

derived! {
    /// The networks of all containers, by the container's id.
    ///
    /// ```rhai
    /// let networks = host.fact("docker.docker_container_networks");
    /// ```
    DockerContainerNetworks, "docker.docker_container_networks", DockerContainers by "Id",
    |it| map(it, "/NetworkSettings/Networks")
}

derived! {
    /// The published ports of all containers, by the container's id.
    ///
    /// ```rhai
    /// let ports = host.fact("docker.docker_container_ports");
    /// ```
    DockerContainerPorts, "docker.docker_container_ports", DockerContainers by "Id",
    |it| map(it, "/NetworkSettings/Ports")
}

derived! {
    /// The labels of all images, by the image's id.
    ///
    /// ```rhai
    /// let labels = host.fact("docker.docker_image_labels");
    /// ```
    DockerImageLabels, "docker.docker_image_labels", DockerImages by "Id", image_labels
}

derived! {
    /// The layers of all images, by the image's id.
    ///
    /// ```rhai
    /// let layers = host.fact("docker.docker_image_layers");
    /// ```
    DockerImageLayers, "docker.docker_image_layers", DockerImages by "Id",
    |it| list(it, "/RootFS/Layers")
}

derived! {
    /// The labels of all networks, by the network's id.
    ///
    /// ```rhai
    /// let labels = host.fact("docker.docker_network_labels");
    /// ```
    DockerNetworkLabels, "docker.docker_network_labels", DockerNetworks by "Id",
    |it| map(it, "/Labels")
}

derived! {
    /// The labels of all volumes, by the volume's name.
    ///
    /// ```rhai
    /// let labels = host.fact("docker.docker_volume_labels");
    /// ```
    DockerVolumeLabels, "docker.docker_volume_labels", DockerVolumes by "Name",
    |it| map(it, "/Labels")
}
