//! The SSH agent: what it holds, asked once per run, and signatures by it.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use russh::keys::agent::client::AgentClient;
use russh::keys::agent::{AgentIdentity, AgentSessionBinding};
use tokio::net::UnixStream;
use tokio::sync::{OnceCell, Semaphore};

/// How many hosts may talk to an agent at the same time. It signs one by one anyway, and its
/// socket refuses callers beyond a short queue.
const CALLERS: usize = 16;

/// What an agent holds, or why that cannot be known.
type Holdings = Arc<Result<Vec<AgentIdentity>, String>>;

/// The agents that this run has met.
pub(super) struct Agents {
    holdings: Mutex<HashMap<PathBuf, Arc<OnceCell<Holdings>>>>,
    callers: Semaphore,
}

impl Default for Agents {
    fn default() -> Self {
        Self { holdings: Mutex::default(), callers: Semaphore::new(CALLERS) }
    }
}

impl Agents {
    /// The identities of the agent behind `socket`.
    pub(super) async fn identities(&self, socket: &Path) -> Holdings {
        let cell = {
            let mut holdings = self.holdings.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(holdings.entry(socket.to_owned()).or_default())
        };
        let list = async || Arc::new(list(socket).await);
        Arc::clone(cell.get_or_init(list).await)
    }

    /// A connection to the agent for one signature. `binding` names the host that it is for, which
    /// keys restricted to certain hosts require.
    pub(super) async fn signer(
        &self,
        socket: &Path,
        binding: Option<&AgentSessionBinding>,
    ) -> Result<Signer<'_>, String> {
        let turn = self.callers.acquire().await.map_err(|error| error.to_string())?;
        let mut client = call(socket).await?;
        if let Some(binding) = binding {
            // Agents other than OpenSSH's do not know this request; they have no such keys either.
            let _ = client.bind_session(binding, false).await;
        }
        Ok(Signer { client, _turn: turn })
    }
}

/// A connection to an agent, and the right to use it.
pub(super) struct Signer<'a> {
    pub(super) client: AgentClient<UnixStream>,
    _turn: tokio::sync::SemaphorePermit<'a>,
}

async fn call(socket: &Path) -> Result<AgentClient<UnixStream>, String> {
    let stream = UnixStream::connect(socket).await;
    let stream = stream.map_err(|error| format!("agent {}: {error}", socket.display()))?;
    Ok(AgentClient::connect(stream))
}

async fn list(socket: &Path) -> Result<Vec<AgentIdentity>, String> {
    let mut client = call(socket).await?;
    let identities = client.request_identities().await;
    identities.map_err(|error| format!("agent {}: {error}", socket.display()))
}
