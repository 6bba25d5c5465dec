//! `infra init`: a small project to begin with.

use std::fs::OpenOptions;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use clap::Parser;
use infra_engine::error::Error;

use super::{Stop, say};
use crate::words::add;

/// Files of a new project.
const FILES: &[(&str, &str)] = &[
    ("README.md", include_str!("../init/README.md")),
    ("config.rhai", include_str!("../init/config.rhai")),
    ("deploy.rhai", include_str!("../init/deploy.rhai")),
    ("group_data/all.rhai", include_str!("../init/group_data/all.rhai")),
    ("inventories/production.rhai", include_str!("../init/inventories/production.rhai")),
    ("tests/fresh/facts.json", include_str!("../init/tests/fresh/facts.json")),
    ("tests/fresh/plan.txt", include_str!("../init/tests/fresh/plan.txt")),
    ("templates/app.conf.j2", include_str!("../init/templates/app.conf.j2")),
];

/// Starts a project: an inventory, a deploy script, data and a template. Overwrites nothing.
#[derive(Debug, Parser)]
#[command(name = "infra init", bin_name = "infra init", max_term_width = 100)]
pub(crate) struct InitOptions {
    /// Where; made if it is not there
    #[arg(default_value = ".", value_hint = clap::ValueHint::DirPath)]
    directory: PathBuf,
}

/// Writes the files; gives the exit code.
pub(crate) fn run(options: &InitOptions) -> Result<u8, Stop> {
    let mut text = String::new();
    let mut written = 0;
    for (name, content) in FILES {
        let path = options.directory.join(name);
        let is_new = create(&path, content)
            .map_err(|error| Error::usage(format!("cannot write `{}`: {error}", path.display())))?;
        written += usize::from(is_new);
        let what = if is_new { "wrote" } else { "kept " };
        add(&mut text, format_args!("{what} {}\n", path.display()));
    }
    if written > 0 {
        let there = match options.directory.to_str() {
            None | Some(".") => String::new(),
            Some(directory) => format!("cd {} && ", infra_engine::command::quote(directory)),
        };
        add(&mut text, format_args!("\nTry it: {there}infra @local deploy.rhai --dry --diff\n"));
    }
    say(&text);
    Ok(0)
}

/// Writes a file unless there is one; tells whether it did.
fn create(path: &Path, content: &str) -> std::io::Result<bool> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    match OpenOptions::new().write(true).create_new(true).open(path) {
        Ok(mut file) => file.write_all(content.as_bytes()).map(|()| true),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(false),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn never_overwrites() {
        let folder = std::env::temp_dir().join(format!("infra-init-{}", std::process::id()));
        let options = InitOptions { directory: folder.clone() };
        assert!(run(&options).is_ok());
        std::fs::write(folder.join("deploy.rhai"), "mine").unwrap();
        std::fs::remove_file(folder.join("config.rhai")).unwrap();
        assert!(run(&options).is_ok());
        let kept = std::fs::read_to_string(folder.join("deploy.rhai")).unwrap();
        let written = std::fs::read_to_string(folder.join("config.rhai")).unwrap();
        std::fs::remove_dir_all(&folder).unwrap();
        assert_eq!(kept, "mine");
        assert_eq!(written, include_str!("../init/config.rhai"));
    }
}
