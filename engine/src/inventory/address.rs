//! One host by its name: `web1`, `deploy@web2:2222`, `[::1]:22`, `@docker/debian:12`.

use super::{Connector, fake, terraform, vagrant};
use crate::error::{Error, Result, did_you_mean};
use crate::value::{Map, Value};

/// Connectors by name, with what stands behind the slash.
const CONNECTORS: &[(&str, &str)] = &[
    ("local", ""),
    ("ssh", "HOST"),
    ("docker", "IMAGE_OR_CONTAINER"),
    ("podman", "IMAGE_OR_CONTAINER"),
    ("chroot", "DIR"),
    ("nspawn", "DIR"),
    ("fake", "FACTS.json"),
    ("terraform", "OUTPUT"),
    ("vagrant", "VM"),
    ("ansible", "PATH"),
];

/// A host that a word stands for.
#[derive(Clone, Debug, Default)]
pub(super) struct Found {
    /// Its name.
    pub(super) name: String,
    /// User and port as they were written with the host, `deploy@web2:2222`: its name where another
    /// host has the short one.
    pub(super) written: Option<String>,
    /// How it is reached.
    pub(super) connector: Connector,
    /// What the connector knows of it.
    pub(super) known: Map,
    /// What was written with it: user, port, and the data of a fake host.
    pub(super) data: Map,
    /// Groups that the connector puts it into.
    pub(super) groups: Vec<String>,
}

/// The hosts that a word stands for: one, except for connectors that ask a program or a file.
pub(super) fn hosts(word: &str) -> Result<Vec<Found>> {
    let Some(connector) = word.strip_prefix('@') else {
        return address(word).map(|found| vec![found]);
    };
    let (name, rest) = connector.split_once('/').unwrap_or((connector, ""));
    if rest.is_empty()
        && let Some((_, needed)) = CONNECTORS.iter().find(|it| it.0 == name)
        && !matches!(name, "local" | "terraform" | "vagrant")
    {
        return Err(Error::usage(format!("`{word}` does not say what it means"))
            .hint(format!("write `@{name}/{needed}`")));
    }
    let one = |connector, key: &str, value: &str| {
        let known = Map::from([(key.to_owned(), Value::from(value))]);
        let (name, groups) = (word.to_owned(), vec![format!("@{name}")]);
        Ok(vec![Found { name, connector, known, groups, ..Found::default() }])
    };
    match name {
        "local" if rest.is_empty() => Ok(vec![Found {
            name: word.to_owned(),
            connector: Connector::Local,
            groups: vec!["@local".to_owned()],
            ..Found::default()
        }]),
        "local" => {
            Err(Error::usage(format!("`{word}` is not a host"))
                .hint("the controller is just `@local`"))
        }
        "ssh" => address(rest).map(|found| vec![found]),
        "docker" => one(Connector::Docker(rest.to_owned()), "docker_identifier", rest),
        "podman" => one(Connector::Podman(rest.to_owned()), "docker_identifier", rest),
        "chroot" => one(Connector::Chroot(directory(rest)), "chroot_directory", &directory(rest)),
        "nspawn" => one(Connector::Nspawn(directory(rest)), "nspawn_directory", &directory(rest)),
        "fake" => fake::hosts(rest),
        "terraform" => terraform::hosts(rest),
        "vagrant" => vagrant::hosts(rest),
        "ansible" => Err(Error::usage(format!("`{word}` is an inventory, not a host"))
            .hint("give it on the command line, beside this inventory and a comma")),
        _ => Err(unknown_connector(name)),
    }
}

/// `var/chroot` is below `/` as with pyinfra; `./chroot` is below the working directory.
fn directory(path: &str) -> String {
    if path.starts_with("./") || path.starts_with("../") || path.starts_with('/') {
        return path.to_owned();
    }
    format!("/{path}")
}

fn unknown_connector(name: &str) -> Error {
    let names: Vec<&str> = CONNECTORS.iter().map(|it| it.0).collect();
    let hint = did_you_mean(name, names.iter().copied())
        .unwrap_or_else(|| format!("connectors are @{}", names.join(", @")));
    Error::usage(format!("there is no connector `@{name}`")).hint(hint)
}

/// `[user@]host[:port]`; an IPv6 address with a port stands in brackets.
pub(super) fn address(word: &str) -> Result<Found> {
    let wrong = |why: &str| Error::usage(format!("`{word}` is not a host: {why}"));
    let (user, rest) = match word.rsplit_once('@') {
        Some(("", _)) => return Err(wrong("there is no user before the `@`")),
        Some((user, rest)) => (Some(user), rest),
        None => (None, word),
    };
    let (host, port) = match rest.strip_prefix('[').map(|it| it.split_once(']')) {
        Some(Some((host, ""))) => (host, None),
        Some(Some((host, port))) => {
            let port = port.strip_prefix(':').ok_or_else(|| wrong("`]` is followed by `:PORT`"))?;
            (host, Some(port))
        }
        Some(None) => return Err(wrong("the `]` is missing")),
        None if rest.matches(':').count() > 1 => (rest, None),
        None => rest.split_once(':').map_or((rest, None), |(host, port)| (host, Some(port))),
    };
    let allowed = |it: char| it.is_alphanumeric() || matches!(it, '.' | '-' | '_' | ':' | '%');
    if host.is_empty() {
        return Err(wrong("its name is empty"));
    }
    if let Some(letter) = host.chars().find(|it| !allowed(*it)) {
        return Err(wrong(&format!("a host name has no `{letter}`")));
    }
    if host.starts_with('-') {
        return Err(wrong("a host name does not start with `-`"));
    }
    let mut data = Map::new();
    if let Some(user) = user {
        data.insert("ssh_user".to_owned(), Value::from(user));
    }
    if let Some(port) = port {
        let number: u16 = port.parse().map_err(|_| wrong("a port is a number up to 65535"))?;
        data.insert("ssh_port".to_owned(), Value::Int(number.into()));
    }
    let written = (!data.is_empty()).then(|| word.to_owned());
    Ok(Found { name: host.to_owned(), written, data, ..Found::default() })
}
