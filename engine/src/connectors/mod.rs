//! Ways to reach a host: the only place that opens processes and sockets.

pub mod account;
pub(crate) mod controller;
pub mod inside;
pub mod job;
pub mod local;
pub mod process;
pub(crate) mod rsync;
pub mod session;
pub mod ssh;

use std::sync::Arc;

use process::{ConnectError, Connection};

use crate::error::{Error, Result};
use crate::facts::given::GivenFacts;

/// How a host is reached.
pub(crate) enum Reach {
    /// It is this machine.
    Local,
    /// By SSH.
    Ssh {
        /// Shared by all hosts of the run.
        client: Arc<ssh::Client>,
        /// Which host, as whom.
        target: Box<ssh::Target>,
        /// Handshakes under way at the same time.
        handshakes: Arc<tokio::sync::Semaphore>,
    },
    /// It is a directory or a container on this machine.
    Inside(inside::Inside),
    /// It does not exist: its facts are given.
    Fake(GivenFacts),
}

impl Reach {
    /// Whether who works there without becoming anybody is root, as far as that is known beforehand.
    pub(crate) fn is_root(&self) -> bool {
        match self {
            Self::Local | Self::Inside(inside::Inside::Chroot(_) | inside::Inside::Nspawn(_)) => {
                nix::unistd::Uid::effective().is_root()
            }
            Self::Ssh { target, .. } => target.user.as_deref() == Some("root"),
            Self::Inside(inside::Inside::Container { .. }) | Self::Fake(_) => false,
        }
    }

    /// Opens a connection.
    pub(crate) async fn connect(&self) -> Result<Arc<dyn Connection>> {
        match self {
            Self::Local => Ok(Arc::new(local::LocalConnection)),
            Self::Ssh { client, target, handshakes } => {
                let _turn = handshakes.acquire().await;
                Ok(Arc::new(client.connect(target).await.map_err(unreachable)?))
            }
            Self::Inside(inside) => Ok(Arc::new(inside.connect().await.map_err(unreachable)?)),
            Self::Fake(_) => Err(Error::failed("a fake host can be planned, not changed")),
        }
    }
}

/// The error of a host to which there is no way.
fn unreachable(error: ConnectError) -> Error {
    Error { hint: error.hint, ..Error::unreachable(error.message) }
}
