//! All objects of a kind: what `docker … inspect` tells of them.

use serde_json::Value as Json;

use super::{json, objects, reads};
use crate::{Args, Fact, Result, Scope, Shell};

macro_rules! listed {
    ($(#[$doc:meta])* $fact:ident, $name:literal, $kind:literal, $list:literal) => {
        $(#[$doc])*
        #[derive(Clone, Debug, Default, Args)]
        #[args($name)]
        pub struct $fact {}

        impl Fact for $fact {
            type Output = Json;

            fn command(&self) -> Shell {
                Shell::raw(concat!(
                    "ids=$(docker ", $list, ") && if test -n \"$ids\"; then docker ", $kind,
                    " inspect $ids; else echo '[]'; fi"
                ))
            }

            fn parse(&self, output: &str) -> Result<Self::Output> {
                json(self, output)
            }

            fn requires(&self) -> Option<&'static str> {
                Some("docker")
            }

            fn reads(&self) -> Vec<Scope> {
                reads(objects($kind))
            }
        }
    };
}

listed! {
    /// What Docker tells of all containers, also of those that do not run.
    ///
    /// ```rhai
    /// for container in host.fact("docker.docker_containers") { host.log(container.Name); }
    /// ```
    DockerContainers, "docker.docker_containers", "container", "ps -qa"
}

listed! {
    /// What Docker tells of all images.
    ///
    /// ```rhai
    /// host.log(`${host.fact("docker.docker_images").len()} images`);
    /// ```
    DockerImages, "docker.docker_images", "image", "images -q"
}

listed! {
    /// What Docker tells of all networks.
    ///
    /// ```rhai
    /// for network in host.fact("docker.docker_networks") { host.log(network.Name); }
    /// ```
    DockerNetworks, "docker.docker_networks", "network", "network ls -q"
}

listed! {
    /// What Docker tells of all volumes.
    ///
    /// ```rhai
    /// for volume in host.fact("docker.docker_volumes") { host.log(volume.Name); }
    /// ```
    DockerVolumes, "docker.docker_volumes", "volume", "volume ls -q"
}

listed! {
    /// What Docker tells of all plugins.
    ///
    /// ```rhai
    /// for plugin in host.fact("docker.docker_plugins") { host.log(plugin.Name); }
    /// ```
    DockerPlugins, "docker.docker_plugins", "plugin", "plugin ls -q"
}
