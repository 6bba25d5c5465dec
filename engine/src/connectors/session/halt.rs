//! Ending a job behind the operation that is running, while everything behind it has been sent already; or at once.
//!
//! The session's `sh` reads a job step by step, so a message on its stdin would come behind all of them. A signal does not:
//! it is sent by a process of its own, started over the same connection as the same account, and taken once the running
//! command has ended. The `sh` then skips what does not belong to the running operation (`infra_go` in `prelude.sh`).
//!
//! What is to end at once is killed by the watcher, as where the connection is lost; what had ended before is kept.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::io::AsyncWriteExt;
use tokio::sync::watch;

use super::boot::Boot;
use super::text::Names;
use crate::connectors::account::Account;
use crate::connectors::process::{Connection, Process};

/// How long the signal may take; the job goes on meanwhile, and ends by itself in any case.
const LIMIT: Duration = Duration::from_secs(30);

/// Asks a session, from outside, to begin no other operation, or to end at once. Clones are for the same session.
#[derive(Clone, Debug)]
pub struct Halter {
    connection: Arc<dyn Connection>,
    account: Account,
    /// The session's `sh`, once it is there.
    process: watch::Receiver<Option<u32>>,
    asked: Arc<AtomicBool>,
    kill: watch::Sender<bool>,
}

impl Halter {
    pub(super) fn new(
        connection: &Arc<dyn Connection>,
        account: &Account,
        process: watch::Receiver<Option<u32>>,
    ) -> Self {
        let (connection, account) = (Arc::clone(connection), account.clone());
        let kill = watch::Sender::new(false);
        Self { connection, account, process, asked: Arc::default(), kill }
    }

    /// Asks for it. What the host makes of it is seen by the job's results: the rest is skipped.
    pub async fn halt(mut self) {
        self.asked.store(true, Ordering::SeqCst);
        let Ok(Some(process)) = self.process.wait_for(Option::is_some).await.map(|it| *it) else {
            return;
        };
        let names = Names::random();
        let line = format!("kill -USR1 {process}");
        let boot = Boot::by_hops(&self.account, &names, &line);
        let signal = async {
            let Process { mut stdin, stdout, stderr, exit } =
                self.connection.open(&boot.command, false).await.ok()?;
            stdin.write_all(boot.input.as_bytes()).await.ok()?;
            stdin.shutdown().await.ok()?;
            exit.await;
            drop((stdout, stderr));
            Some(())
        };
        // Where the host gives no second channel, the job runs to its end.
        let _ = tokio::time::timeout(LIMIT, signal).await;
    }

    /// Kills what runs; the job then ends with what had ended until then.
    pub fn kill(&self) {
        self.kill.send_replace(true);
    }

    /// Ready once what runs is to be killed.
    pub(super) async fn killed(&self) {
        // The sender is here, so the wait cannot fail.
        let _ = self.kill.subscribe().wait_for(|it| *it).await;
    }

    pub(super) fn is_asked(&self) -> bool {
        self.asked.load(Ordering::SeqCst)
    }
}
