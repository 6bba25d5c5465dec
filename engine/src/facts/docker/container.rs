//! What happens in containers.

use indexmap::IndexMap;
use serde_json::Value as Json;

use super::{json_lines, objects, reads};
use crate::{Args, Fact, Result, Scope, Shell, sh};

/// What a container changed in its files: for each path `A` (added), `C` (changed) or `D` (deleted).
///
/// ```rhai
/// for it in host.fact("docker.docker_container_fs_changes", "web") { host.log(`${it.change} ${it.path}`); }
/// ```
#[derive(Clone, Debug, Args)]
#[args("docker.docker_container_fs_changes")]
pub struct DockerContainerFsChanges {
    /// The container's name or id.
    pub container_id: String,
}

impl Fact for DockerContainerFsChanges {
    type Output = Vec<IndexMap<String, String>>;

    fn command(&self) -> Shell {
        sh!("docker container diff -- {self.container_id} 2>/dev/null || true")
    }

    fn parse(&self, output: &str) -> Result<Self::Output> {
        let lines = output.lines().filter_map(|line| line.split_once(' '));
        let changes = lines.map(|(change, path)| {
            [("change", change), ("path", path)].map(|(key, it)| (key.to_owned(), it.to_owned()))
        });
        Ok(changes.map(IndexMap::from).collect())
    }

    fn requires(&self) -> Option<&'static str> {
        Some("docker")
    }
}

/// The processes in a container, each with the columns of `docker top`.
///
/// ```rhai
/// for process in host.fact("docker.docker_container_processes", "web") { host.log(process.CMD); }
/// ```
#[derive(Clone, Debug, Args)]
#[args("docker.docker_container_processes")]
pub struct DockerContainerProcesses {
    /// The container's name or id.
    pub container_id: String,
}

impl Fact for DockerContainerProcesses {
    type Output = Vec<IndexMap<String, String>>;

    fn command(&self) -> Shell {
        sh!("docker container top {self.container_id} 2>/dev/null || true")
    }

    /// Columns are separated by gaps; the last one, the command, may have gaps itself.
    fn parse(&self, output: &str) -> Result<Self::Output> {
        let mut lines = output.lines().filter(|line| !line.trim().is_empty());
        let titles: Vec<&str> = lines.next().unwrap_or_default().split_whitespace().collect();
        let processes = lines.map(|line| {
            let mut rest = line.trim();
            let columns = titles.iter().enumerate().map(|(at, title)| {
                let end =
                    if at + 1 == titles.len() { None } else { rest.find(char::is_whitespace) };
                let (cell, behind) = rest.split_at(end.unwrap_or(rest.len()));
                rest = behind.trim_start();
                ((*title).to_owned(), cell.to_owned())
            });
            columns.collect()
        });
        Ok(processes.collect())
    }

    fn requires(&self) -> Option<&'static str> {
        Some("docker")
    }
}

/// What running containers use: processor, memory, network and disk, each as `docker stats` writes it.
///
/// ```rhai
/// for it in host.fact("docker.docker_container_stats") { host.log(`${it.Name}: ${it.MemUsage}`); }
/// ```
#[derive(Clone, Debug, Args)]
#[args("docker.docker_container_stats")]
pub struct DockerContainerStats {}

impl Fact for DockerContainerStats {
    type Output = Vec<Json>;

    fn command(&self) -> Shell {
        sh!("docker stats --no-stream --format '{{{{json .}}}}'")
    }

    fn parse(&self, output: &str) -> Result<Self::Output> {
        json_lines(self, output)
    }

    fn requires(&self) -> Option<&'static str> {
        Some("docker")
    }

    fn reads(&self) -> Vec<Scope> {
        reads(objects("container"))
    }
}
