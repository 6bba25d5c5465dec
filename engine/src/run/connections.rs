//! What connects a run to its hosts. It can outlive the run, and then the next one finds its hosts connected.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::runtime::Runtime;
use tokio::sync::Semaphore;

use super::tally::Tally;
use crate::connectors::ssh;
use crate::error::{Error, Result};
use crate::event::Listener as _;
use crate::link::Kept;

/// Handshakes under way at the same time: more only makes each slower and meets `MaxStartups`.
const HANDSHAKES: usize = 256;

/// What connects to hosts: for one run after the other, on the same inventory.
///
/// For as long as it lives, keys are decrypted once, their passphrases asked once, and jump hosts connected once.
pub struct Connections {
    /// Gone only while this is dropped.
    runtime: Option<Runtime>,
    pub(super) client: Arc<ssh::Client>,
    pub(super) handshakes: Arc<Semaphore>,
    asker: Arc<Asker>,
    pub(super) kept: Option<Arc<Kept>>,
}

impl Connections {
    /// For one run: hosts are disconnected at its end. An error where this machine gives no threads.
    pub fn once() -> Result<Self> {
        Self::new(None)
    }

    /// For several runs: hosts stay connected, as the accounts that they were used as, until this is closed.
    pub fn kept() -> Result<Self> {
        Self::new(Some(Arc::default()))
    }

    fn new(kept: Option<Arc<Kept>>) -> Result<Self> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .map_err(|error| Error::failed(format!("cannot start threads: {error}")))?;
        let asker = Arc::new(Asker::default());
        let (client, handshakes) = (client(Arc::clone(&asker)), Semaphore::new(HANDSHAKES));
        Ok(Self {
            runtime: Some(runtime),
            client: Arc::new(client),
            handshakes: Arc::new(handshakes),
            asker,
            kept,
        })
    }

    pub(super) fn runtime(&self) -> &Runtime {
        self.runtime.as_ref().expect("it is there until this is dropped")
    }

    /// Questions go to this run's listener from now on.
    pub(super) fn ask(&self, tally: &Arc<Tally>) {
        *self.asker.lock() = Some(Arc::clone(tally));
    }

    /// Disconnects the hosts that are still connected, in an orderly way.
    pub fn close(self) {
        let Some(kept) = &self.kept else { return };
        self.runtime().block_on(async {
            let closing: Vec<_> =
                kept.drain().into_iter().map(|it| self.runtime().spawn(it.close())).collect();
            for it in closing {
                // What cannot be closed is gone.
                let _ = it.await;
            }
        });
    }
}

impl Drop for Connections {
    /// Waits for nobody: a question may still be open on the terminal.
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

impl fmt::Debug for Connections {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connections").finish_non_exhaustive()
    }
}

/// Whom the questions of a login go to.
#[derive(Default)]
struct Asker(Mutex<Option<Arc<Tally>>>);

impl Asker {
    fn lock(&self) -> MutexGuard<'_, Option<Arc<Tally>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn ask(&self, question: &str, hidden: bool) -> Option<String> {
        let tally = self.lock().clone();
        tally?.ask(question, hidden)
    }
}

/// The SSH client; it asks for passphrases and the like through the listener of the run.
fn client(asker: Arc<Asker>) -> ssh::Client {
    ssh::Client::asking(Arc::new(move |question| match question {
        ssh::Question::Passphrase { key } => asker.ask(&format!("Passphrase of {key}: "), true),
        ssh::Question::Password { user, host } => {
            asker.ask(&format!("Password of {user} on {host}: "), true)
        }
        ssh::Question::Prompt { host, instructions, prompt, echo } => {
            asker.ask(&format!("{host}: {instructions}{prompt} "), !echo)
        }
        ssh::Question::HostKey { host, kind, fingerprint } => asker.ask(
            &format!("{host} is not known. Its {kind} key is {fingerprint}. Connect (yes/no)? "),
            false,
        ),
    }))
}
