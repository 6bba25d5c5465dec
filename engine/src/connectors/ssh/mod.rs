//! Hosts reached by SSH, as `ssh` would reach them.
//!
//! [`Target`] says what is known about a host, [`Client`] connects to many of them and shares what
//! they have in common: configuration, known hosts, decrypted keys, the agent, jump hosts.
//!
//! ```no_run
//! # async fn example() -> Result<(), infra_engine::connectors::process::ConnectError> {
//! use infra_engine::connectors::process::Connection as _;
//! use infra_engine::connectors::ssh::{Client, Target};
//!
//! let client = Client::new();
//! let connection = client.connect(&Target::named("web1.example.net")).await?;
//! let process = connection.open("uname -s", false).await?;
//! # drop(process);
//! connection.close().await;
//! # Ok(())
//! # }
//! ```

mod agent;
mod ask;
mod auth;
mod channel;
mod client;
mod config;
mod credential;
mod establish;
mod host_key;
mod jump;
mod keys;
mod known_hosts;
mod pattern;
mod route;
mod session;
mod signer;
mod transport;

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

pub use ask::{Ask, Question};
pub use client::Client;
use client::Shared;
use session::Link;

use super::process::{BoxFuture, ConnectError, Connection, Process};

/// Everything that says how to reach one host by SSH. What is set here beats `ssh_config`, and what
/// neither says has the default of `ssh`, except where noted.
#[derive(Clone, Default)]
pub struct Target {
    /// The name of the host, as `ssh` would be given it: `Host` in `ssh_config` is compared with it.
    pub name: String,
    /// Where to connect instead of to the name.
    pub hostname: Option<String>,
    /// Default 22.
    pub port: Option<u16>,
    /// The remote account; default: the local one.
    pub user: Option<String>,
    /// Private keys, tried before all others. `~` and the tokens of `IdentityFile` may be used.
    pub keys: Vec<PathBuf>,
    /// The passphrase of the keys.
    pub key_password: Option<String>,
    /// The password of the account, for password logins and for a single hidden question.
    pub password: Option<String>,
    /// Hosts to go through, like `ssh -J`: `ops@bastion:2222,inner`; `none` for none.
    pub jump: Option<String>,
    /// Whether the host may use the local agent.
    pub forward_agent: Option<bool>,
    /// Read instead of `~/.ssh/config` and `/etc/ssh/ssh_config`; an error when it is missing.
    pub config_file: Option<PathBuf>,
    /// Read instead of `~/.ssh/known_hosts`; new keys go there.
    pub known_hosts_file: Option<PathBuf>,
    /// `yes`, `ask`, `accept-new`, `no` or `off`; default `accept-new`: unknown keys are written
    /// down, changed ones refused.
    pub strict_host_key_checking: Option<String>,
    /// How long connecting and logging in may take together; default 10 s.
    pub connect_timeout: Option<Duration>,
}

impl Target {
    /// A host about which only its name is known.
    pub fn named(name: impl Into<String>) -> Self {
        Self { name: name.into(), ..Self::default() }
    }
}

impl fmt::Debug for Target {
    /// Leaves the secrets out.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Target")
            .field("name", &self.name)
            .field("hostname", &self.hostname)
            .field("port", &self.port)
            .field("user", &self.user)
            .field("keys", &self.keys)
            .field("jump", &self.jump)
            .field("config_file", &self.config_file)
            .field("known_hosts_file", &self.known_hosts_file)
            .finish_non_exhaustive()
    }
}

/// One connection to one host. Dropping it leaves its processes running until they end or are
/// dropped too; [`close`](Connection::close) ends it at once.
pub struct SshConnection {
    link: Arc<Link>,
}

impl fmt::Debug for SshConnection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SshConnection").field("host", &self.link.label).finish_non_exhaustive()
    }
}

impl Connection for SshConnection {
    fn open<'a>(
        &'a self,
        command: &'a str,
        pty: bool,
    ) -> BoxFuture<'a, Result<Process, ConnectError>> {
        Box::pin(channel::open(Arc::clone(&self.link), command, pty))
    }

    fn is_alive(&self) -> bool {
        self.link.is_alive()
    }

    fn takes_along(&self) -> bool {
        self.link.takes_along()
    }

    fn close(&self) -> BoxFuture<'_, ()> {
        self.link.close()
    }
}

fn home_directory() -> PathBuf {
    std::env::home_dir().unwrap_or_else(|| PathBuf::from("/"))
}

/// `path` with a leading `~` put in.
fn expand_home(path: &str, home: &Path) -> PathBuf {
    match path.strip_prefix("~/") {
        Some(rest) => home.join(rest),
        None if path == "~" => home.to_owned(),
        None => PathBuf::from(path),
    }
}
