use serde_json::Value as Json;

use super::is_there;
use crate::facts::docker::{self, DockerImage};
use crate::{Args, Commands, Error, Host, Operation, Result, Scope, sh};

/// Pull an image of Docker, or remove it.
///
/// A tag or digest that is there stays as it is. `latest`, which is also meant where no tag is given, is
/// pulled every time; that counts as a change if there was a newer one.
///
/// ```rhai
/// docker.image("nginx:1.27");
/// docker.image("old/app:3", #{ present: false });
/// ```
#[derive(Debug, Args)]
#[args("docker.image")]
pub(crate) struct EnsureImage {
    /// The image: `nginx:1.27`, `registry.example.net/app@sha256:…`.
    image: String,

    /// Whether the image should be there.
    #[arg(default = true)]
    present: bool,

    /// Pull the image also if it is there.
    #[arg(default = false)]
    force: bool,
}

impl Operation for EnsureImage {
    fn plan(&self, host: &Host<'_>) -> Result<Commands> {
        let image = &self.image;
        if image.trim().is_empty() || image.starts_with('-') {
            return Err(Error::usage(format!("`{image}` is no image of Docker")).argument("image"));
        }
        let fact = DockerImage { object_id: image.clone() };
        let is_fixed = !full_name(image).ends_with(":latest");
        if self.present && (self.force || !is_fixed) {
            let mut todo = Commands::from(sh!("docker image pull {image}"));
            todo.changed = Some(has_pulled);
            todo.attribute(format!("docker image {image}"), "image", "", "newest");
            return Ok(todo);
        }
        let is_there = is_there(&*host.fact(&fact)?);
        match (self.present, is_there) {
            (true, true) => Ok(Commands::none(format!("docker image {image} is there"))),
            (true, false) => {
                let mut todo = Commands::from(sh!("docker image pull {image}"));
                todo.attribute(format!("docker image {image}"), "image", "", "pulled");
                Ok(todo)
            }
            (false, true) => {
                let mut todo = Commands::from(sh!("docker image rm {image}"));
                todo.attribute(format!("docker image {image}"), "image", "exists", "");
                todo.then(&fact, Json::Null);
                Ok(todo)
            }
            (false, false) => Ok(Commands::none(format!("docker image {image} is not there"))),
        }
    }

    fn touches(&self) -> Vec<Scope> {
        vec![docker::object("image", &self.image)]
    }
}

/// An image by its full name: registry, folder, name, and tag or digest.
pub(super) fn full_name(image: &str) -> String {
    let (name, digest) = image.split_once('@').map_or((image, None), |(name, it)| (name, Some(it)));
    let (folder, base) = name.rsplit_once('/').map_or(("", name), |(folder, base)| (folder, base));
    let (base, tag) = base.split_once(':').unwrap_or((base, "latest"));
    let is_registry = |it: &str| it.contains(['.', ':']) || it == "localhost";
    let folder = match folder.split('/').next() {
        Some("") | None => "docker.io/library".to_owned(),
        Some(first) if is_registry(first) => folder.to_owned(),
        Some(_) => format!("docker.io/{folder}"),
    };
    match digest {
        Some(digest) => format!("{folder}/{base}@{digest}"),
        None => format!("{folder}/{base}:{tag}"),
    }
}

/// Docker says "Image is up to date" where there was nothing newer.
fn has_pulled(outputs: &[crate::command::Output]) -> bool {
    let is_old = |text: &[u8]| String::from_utf8_lossy(text).contains("Image is up to date");
    !outputs.iter().any(|output| is_old(&output.stdout))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_the_full_name() {
        for (image, expected) in [
            ("nginx", "docker.io/library/nginx:latest"),
            ("me/app:7", "docker.io/me/app:7"),
            ("registry:5000/app", "registry:5000/app:latest"),
            ("ghcr.io/a/b/c@sha256:1f", "ghcr.io/a/b/c@sha256:1f"),
            ("nginx:1.27@sha256:1f", "docker.io/library/nginx@sha256:1f"),
        ] {
            assert_eq!(full_name(image), expected, "{image}");
        }
    }
}
