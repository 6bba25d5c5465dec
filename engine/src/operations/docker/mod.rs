//! Containers, images, networks, volumes and plugins of Docker, through its client.

mod build;
mod compose;
mod container;
mod container_exec;
mod differences;
mod image;
mod login;
mod logout;
mod network;
mod plugin;
mod prune;
mod volume;
mod words;

use serde_json::Value as Json;

use crate::Shell;
use crate::operation::OpDef;

pub(super) const OPERATIONS: &[OpDef] = &[
    OpDef::of::<container::EnsureContainer>(),
    OpDef::of::<image::EnsureImage>(),
    OpDef::of::<build::BuildImage>(),
    OpDef::of::<volume::EnsureVolume>(),
    OpDef::of::<network::EnsureNetwork>(),
    OpDef::of::<prune::Prune>(),
    OpDef::of::<plugin::EnsurePlugin>(),
    OpDef::of::<login::Login>(),
    OpDef::of::<logout::Logout>(),
    OpDef::of::<compose::BringUp>(),
    OpDef::of::<container_exec::ExecuteIn>(),
];

/// The registry that is meant where none is named.
const DOCKER_HUB: &str = "https://index.docker.io/v1/";

/// Whether the answer about an object says that it is there; a fake host may just say `true`.
fn is_there(answer: &Json) -> bool {
    answer.get(0).is_some() || *answer == Json::Bool(true)
}

/// Appends a flag with each value.
fn each<T: AsRef<str>>(line: &mut Shell, flag: &'static str, values: impl IntoIterator<Item = T>) {
    for value in values {
        line.opt(flag, Some(value.as_ref()));
    }
}

/// Environment variables of a container: the flags, and what goes to standard input because it is secret.
fn environment<'a>(
    line: &mut Shell,
    variables: impl IntoIterator<Item = &'a str>,
) -> Option<String> {
    let is_secret = |it: &&str| crate::command::scrub(it) != **it;
    let (secret, plain): (Vec<&str>, Vec<&str>) = variables.into_iter().partition(is_secret);
    each(line, "-e", plain);
    if secret.is_empty() {
        return None;
    }
    line.flag("--env-file /dev/stdin", true);
    Some(secret.iter().flat_map(|it| [*it, "\n"]).collect())
}
