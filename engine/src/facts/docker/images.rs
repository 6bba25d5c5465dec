use serde_json::Value as Json;

use super::{json_lines, objects, reads};
use crate::{Args, Fact, Result, Scope, Shell, sh};

/// The layers of an image and what made them, newest first.
///
/// ```rhai
/// for layer in host.fact("docker.docker_image_history", "nginx:alpine") { host.log(layer.CreatedBy); }
/// ```
#[derive(Clone, Debug, Args)]
#[args("docker.docker_image_history")]
pub struct DockerImageHistory {
    /// The image's name or id.
    pub image_id: String,
}

impl Fact for DockerImageHistory {
    type Output = Vec<Json>;

    fn command(&self) -> Shell {
        sh!("docker image history --no-trunc --format '{{{{json .}}}}' -- {self.image_id} \
            2>/dev/null || true")
    }

    fn parse(&self, output: &str) -> Result<Self::Output> {
        json_lines(self, output)
    }

    fn requires(&self) -> Option<&'static str> {
        Some("docker")
    }

    fn reads(&self) -> Vec<Scope> {
        reads(objects("image"))
    }
}
