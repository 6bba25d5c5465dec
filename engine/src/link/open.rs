//! A host that is connected while no run uses it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::task::JoinSet;

use crate::connectors::account::Account;
use crate::connectors::process::Connection;
use crate::connectors::session::Session;

/// How long a host may take to disconnect.
const FAREWELL: Duration = Duration::from_secs(1);

/// A connection to a host with its sessions.
pub(crate) struct Open {
    pub(super) connection: Arc<dyn Connection>,
    pub(super) sessions: HashMap<Account, Session>,
}

impl Open {
    /// Ends it in an orderly way.
    pub(crate) async fn close(self) {
        self.sessions.into_values().map(Session::close).collect::<JoinSet<_>>().join_all().await;
        // A host that does not react is left to itself.
        let _ = tokio::time::timeout(FAREWELL, self.connection.close()).await;
    }
}

/// Open connections, by host.
#[derive(Default)]
pub(crate) struct Kept(Mutex<HashMap<String, Open>>);

impl Kept {
    /// The host's connection, if it still stands.
    pub(super) fn take(&self, host: &str) -> Option<Open> {
        self.lock().remove(host).filter(|it| it.connection.is_alive())
    }

    pub(super) fn put(&self, host: &str, open: Open) {
        self.lock().insert(host.to_owned(), open);
    }

    /// Gives them up.
    pub(crate) fn drain(&self) -> Vec<Open> {
        self.lock().drain().map(|(_, open)| open).collect()
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Open>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
