use indexmap::IndexMap;

use super::{each, is_there};
use crate::args::{OneOrMany, Scalar};
use crate::facts::docker::{self, DockerImage};
use crate::{Args, Commands, Error, Host, Operation, Result, Scope, Shell, sh};

/// Build an image of Docker from a directory on the host, or an address.
///
/// With `tags`, nothing is done where all of them are there. Without, it is built every time; layers that
/// have not changed are Docker's to keep.
///
/// ```rhai
/// docker.build("/srv/app", #{ tags: ["app:7", "app:latest"], build_args: #{ VERSION: "7" }, pull: true });
/// ```
#[derive(Debug, Args)]
#[args("docker.build")]
pub(crate) struct BuildImage {
    /// The directory on the host, or the address, that is built.
    path: String,

    /// Names that the image gets.
    tags: Option<OneOrMany<String>>,

    /// The file that says how. Default: `Dockerfile` in the directory.
    dockerfile: Option<String>,

    /// Values of its `ARG`s. They are in the image's history: secrets go into `secrets`.
    build_args: Option<IndexMap<String, Scalar>>,

    /// The image's labels.
    labels: Option<IndexMap<String, Scalar>>,

    /// The stage that is built.
    target: Option<String>,

    /// The platform that it is built for: `linux/arm64`.
    platform: Option<String>,

    /// The network of what runs meanwhile.
    network: Option<String>,

    /// Images or caches that layers are taken from.
    cache_from: Option<OneOrMany<String>>,

    /// Caches that layers are put into.
    cache_to: Option<OneOrMany<String>>,

    /// Secrets for what runs meanwhile: `id=npmrc,src=/root/.npmrc`.
    secrets: Option<Vec<String>>,

    /// Pull the images that it begins with, also if they are there.
    #[arg(default = false)]
    pull: bool,

    /// Build every layer anew.
    #[arg(default = false)]
    no_cache: bool,

    /// Build also if all tags are there.
    #[arg(default = false)]
    force: bool,

    /// The builder that is used.
    builder: Option<String>,

    /// The command that builds.
    #[arg(default = "docker build")]
    build_cmd: String,
}

impl Operation for BuildImage {
    fn plan(&self, host: &Host<'_>) -> Result<Commands> {
        if self.path.is_empty() {
            return Err(Error::usage("what is to be built is empty").argument("path"));
        }
        let facts: Vec<DockerImage> =
            self.tags().iter().map(|tag| DockerImage { object_id: tag.clone() }).collect();
        if !self.force && !facts.is_empty() {
            for fact in &facts {
                host.want(fact);
            }
            let mut are_there = true;
            for fact in &facts {
                are_there &= is_there(&*host.fact(fact)?);
            }
            if are_there {
                return Ok(Commands::none(format!("{} is there", self.tags().join(", "))));
            }
        }
        let mut todo = Commands::from(self.line());
        for tag in self.tags() {
            todo.attribute(format!("docker image {tag}"), "image", "", "built");
        }
        Ok(todo)
    }

    fn touches(&self) -> Vec<Scope> {
        self.tags().iter().map(|tag| docker::object("image", tag)).collect()
    }
}

impl BuildImage {
    fn tags(&self) -> &[String] {
        self.tags.as_ref().map(|it| &it.0[..]).unwrap_or_default()
    }

    fn line(&self) -> Shell {
        let pairs = |map: Option<&IndexMap<String, Scalar>>| -> Vec<String> {
            map.into_iter().flatten().map(|(key, it)| format!("{key}={it}")).collect()
        };
        let mut line = Shell::verbatim(&self.build_cmd);
        line.opt("--builder", self.builder.as_ref());
        each(&mut line, "-t", self.tags());
        line.opt("-f", self.dockerfile.as_ref());
        each(&mut line, "--build-arg", pairs(self.build_args.as_ref()));
        each(&mut line, "--label", pairs(self.labels.as_ref()));
        line.opt("--target", self.target.as_ref()).opt("--platform", self.platform.as_ref());
        line.opt("--network", self.network.as_ref());
        each(&mut line, "--cache-from", self.cache_from.iter().flat_map(|it| it.iter()));
        each(&mut line, "--cache-to", self.cache_to.iter().flat_map(|it| it.iter()));
        each(&mut line, "--secret", self.secrets.iter().flatten());
        line.flag("--pull", self.pull).flag("--no-cache", self.no_cache);
        sh!("{line} {self.path}")
    }
}
