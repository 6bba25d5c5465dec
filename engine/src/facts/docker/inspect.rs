//! One object each: what `docker … inspect` tells of it.

use serde_json::Value as Json;

use super::{json, object, reads};
use crate::{Args, Fact, Result, Scope, Shell};

macro_rules! inspected {
    ($(#[$doc:meta])* $fact:ident, $name:literal, $kind:literal) => {
        $(#[$doc])*
        #[derive(Clone, Debug, Args)]
        #[args($name)]
        pub struct $fact {
            /// Its name or id.
            pub object_id: String,
        }

        impl Fact for $fact {
            type Output = Json;

            fn command(&self) -> Shell {
                let mut line = Shell::raw(concat!("docker ", $kind, " inspect -- "));
                line.arg(&self.object_id).code(" 2>/dev/null || true");
                line
            }

            /// Docker prints an empty list for what does not exist.
            fn parse(&self, output: &str) -> Result<Self::Output> {
                let found = json(self, output)?;
                Ok(if found.as_array().is_some_and(Vec::is_empty) { Json::Null } else { found })
            }

            fn requires(&self) -> Option<&'static str> {
                Some("docker")
            }

            fn reads(&self) -> Vec<Scope> {
                reads(object($kind, &self.object_id))
            }
        }
    };
}

inspected! {
    /// What Docker tells of a container, in a list of one; `()` where there is none of that name.
    ///
    /// ```rhai
    /// let web = host.fact("docker.docker_container", "web");
    /// if web != () { host.log(`web is ${web[0].State.Status}`); }
    /// ```
    DockerContainer, "docker.docker_container", "container"
}

inspected! {
    /// What Docker tells of an image, in a list of one; `()` where it is not there.
    ///
    /// ```rhai
    /// if host.fact("docker.docker_image", "nginx:alpine") == () { host.log("it would be pulled"); }
    /// ```
    DockerImage, "docker.docker_image", "image"
}

inspected! {
    /// What Docker tells of a network, in a list of one; `()` where there is none of that name.
    ///
    /// ```rhai
    /// if host.fact("docker.docker_network", "proxy") == () { host.log("there is no proxy network"); }
    /// ```
    DockerNetwork, "docker.docker_network", "network"
}

inspected! {
    /// What Docker tells of a volume, in a list of one; `()` where there is none of that name.
    ///
    /// ```rhai
    /// if host.fact("docker.docker_volume", "data") == () { host.log("there is no data"); }
    /// ```
    DockerVolume, "docker.docker_volume", "volume"
}

inspected! {
    /// What Docker tells of a plugin, in a list of one; `()` where it is not installed.
    ///
    /// ```rhai
    /// if host.fact("docker.docker_plugin", "sshfs") == () { host.log("sshfs is not installed"); }
    /// ```
    DockerPlugin, "docker.docker_plugin", "plugin"
}
