//! `ssh_config`, read as `ssh` reads it.
//!
//! [`read`](parse::read) turns a file and what it includes into [`File`](parse::File) once per
//! run; [`resolve`](resolve::resolve) walks it for one host, the first value of a keyword wins;
//! [`tokens`] puts `%h` and its like in. Source for every rule: `ssh_config(5)` of OpenSSH 9.2,
//! compared with `ssh -G` in the tests.

mod glob;
pub(super) mod parse;
pub(super) mod resolve;
pub(super) mod settings;
pub(super) mod tokens;

#[cfg(test)]
mod tests;

use std::path::PathBuf;

use super::home_directory;

/// What the local machine contributes to a configuration.
#[derive(Clone, Debug)]
pub(super) struct Surroundings {
    /// The home directory: `~` and `%d`.
    pub(super) home: PathBuf,
    /// The local account: `%u`, `Match localuser` and the remote account when nothing names one.
    pub(super) user: String,
    /// The name of this machine: `%l`.
    pub(super) machine: String,
}

impl Surroundings {
    /// Those of this process.
    pub(super) fn of_this_process() -> Self {
        Self { home: home_directory(), user: local_user(), machine: machine_name() }
    }
}

fn local_user() -> String {
    let named = ["USER", "LOGNAME"].into_iter().find_map(|name| std::env::var(name).ok());
    named.filter(|name| !name.is_empty()).or_else(|| output_of("id", &["-un"])).unwrap_or_default()
}

fn machine_name() -> String {
    let from_kernel = std::fs::read_to_string("/proc/sys/kernel/hostname").ok();
    let name = from_kernel.map(|name| name.trim().to_owned()).filter(|name| !name.is_empty());
    name.or_else(|| output_of("hostname", &[])).unwrap_or_else(|| "localhost".to_owned())
}

fn output_of(program: &str, arguments: &[&str]) -> Option<String> {
    let output = std::process::Command::new(program).args(arguments).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    Some(text.trim().to_owned()).filter(|text| !text.is_empty())
}
