//! How hosts are reached, by their connectors and what their data say.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use super::connections::Connections;
use crate::connectors::inside::Inside;
use crate::connectors::{Reach, ssh};
use crate::error::{Error, Result};
use crate::facts::given;
use crate::inventory::{Connector, HostEntry};
use crate::settings::Settings;
use crate::value::Value;

/// How a host is reached, by its connector and its data.
pub(super) fn reach(
    host: &HostEntry,
    settings: &Settings,
    connections: &Connections,
) -> Result<Reach> {
    match &host.connector {
        Connector::Local => Ok(Reach::Local),
        Connector::Ssh => Ok(Reach::Ssh {
            client: Arc::clone(&connections.client),
            target: Box::new(target(host, settings)?),
            handshakes: Arc::clone(&connections.handshakes),
        }),
        Connector::Fake { facts, missing_default } => {
            let missing =
                if *missing_default { given::Missing::Default } else { given::Missing::Error };
            Ok(Reach::Fake(given::read(facts, missing)?))
        }
        Connector::Chroot(folder) => Ok(Reach::Inside(Inside::Chroot(folder.clone()))),
        Connector::Nspawn(folder) => Ok(Reach::Inside(Inside::Nspawn(folder.clone()))),
        Connector::Docker(name) => Ok(container("docker", name)),
        Connector::Podman(name) => Ok(container("podman", name)),
    }
}

fn container(program: &'static str, name: &str) -> Reach {
    Reach::Inside(Inside::Container { program, name: name.to_owned() })
}

/// What a host's data say about reaching it by SSH.
fn target(host: &HostEntry, settings: &Settings) -> Result<ssh::Target> {
    let data = Data(host);
    Ok(ssh::Target {
        hostname: data.text("ssh_hostname")?,
        port: data.number("ssh_port")?.map(u16::try_from).transpose().map_err(|_| {
            Error::usage(format!("`{}`: ssh_port must be from 1 to 65535", host.name))
        })?,
        user: data.text("ssh_user")?,
        keys: data.text("ssh_key")?.map(PathBuf::from).into_iter().collect(),
        key_password: data.text("ssh_key_password")?,
        password: data.text("ssh_password")?,
        jump: data.text("ssh_jump")?,
        forward_agent: data.truth("ssh_forward_agent")?,
        config_file: data.text("ssh_config_file")?.map(PathBuf::from),
        known_hosts_file: data.text("ssh_known_hosts_file")?.map(PathBuf::from),
        strict_host_key_checking: data.text("ssh_strict_host_key_checking")?,
        connect_timeout: Some(connect_timeout(&data, settings)?),
        ..ssh::Target::named(host.name.trim_start_matches("@ssh/"))
    })
}

fn connect_timeout(data: &Data<'_>, settings: &Settings) -> Result<Duration> {
    let own = data.number("ssh_connect_timeout")?;
    let own = own.and_then(|seconds| u64::try_from(seconds).ok()).map(Duration::from_secs);
    Ok(own.unwrap_or(settings.connect_timeout))
}

/// Typed reading of a host's data.
struct Data<'a>(&'a HostEntry);

impl Data<'_> {
    fn text(&self, name: &str) -> Result<Option<String>> {
        match self.0.data.get(name) {
            None | Some(Value::Unit) => Ok(None),
            Some(Value::Text(text) | Value::Word(text)) => Ok(Some(text.clone())),
            Some(Value::Secret(secret)) => Ok(Some(secret.reveal().to_owned())),
            Some(Value::Bool(yes)) => Ok(Some(if *yes { "yes" } else { "no" }.to_owned())),
            Some(other) => Err(self.wrong(name, "text", other)),
        }
    }

    fn number(&self, name: &str) -> Result<Option<i64>> {
        match self.0.data.get(name).cloned().map(Value::settle) {
            None | Some(Value::Unit) => Ok(None),
            Some(Value::Int(number)) => Ok(Some(number)),
            Some(Value::Text(text)) if text.parse::<i64>().is_ok() => Ok(text.parse().ok()),
            Some(other) => Err(self.wrong(name, "a whole number", &other)),
        }
    }

    fn truth(&self, name: &str) -> Result<Option<bool>> {
        match self.0.data.get(name).cloned().map(Value::settle) {
            None | Some(Value::Unit) => Ok(None),
            Some(Value::Bool(yes)) => Ok(Some(yes)),
            Some(other) => Err(self.wrong(name, "true or false", &other)),
        }
    }

    fn wrong(&self, name: &str, wanted: &str, found: &Value) -> Error {
        Error::usage(format!(
            "`{name}` of host `{}` must be {wanted}, not {}",
            self.0.name,
            found.kind()
        ))
    }
}
