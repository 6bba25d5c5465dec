//! Ctrl-C, as the engine sees it: the first one ends the run after what is running, the second kills that.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use tokio::sync::Notify;

/// The user's wish to end the run. Clones are the same wish.
#[derive(Clone, Debug, Default)]
pub struct Interrupt {
    state: Arc<State>,
}

#[derive(Debug, Default)]
struct State {
    level: AtomicU8,
    changed: Notify,
}

impl Interrupt {
    /// No new operation begins.
    pub fn stop(&self) {
        self.raise(1);
    }

    /// What runs is killed.
    pub fn kill(&self) {
        self.raise(2);
    }

    /// Whether no new operation may begin.
    pub fn is_stopped(&self) -> bool {
        self.state.level.load(Ordering::SeqCst) >= 1
    }

    /// Ready once no new operation may begin.
    pub(crate) async fn stopped(&self) {
        self.reached(1).await;
    }

    /// Ready once what runs is to be killed.
    pub(crate) async fn killed(&self) {
        self.reached(2).await;
    }

    fn raise(&self, level: u8) {
        self.state.level.fetch_max(level, Ordering::SeqCst);
        self.state.changed.notify_waiters();
    }

    async fn reached(&self, level: u8) {
        loop {
            let changed = self.state.changed.notified();
            if self.state.level.load(Ordering::SeqCst) >= level {
                return;
            }
            changed.await;
        }
    }
}
