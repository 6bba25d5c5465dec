//! Who is told when an operation begins on hosts, and when all of them are past it.

use std::sync::Arc;

use super::Lockstep;
use super::board::Board;
use crate::event::Subject;
use crate::script::CallPath;

/// Told when an operation begins on hosts, and when all of them are past it.
pub(super) type Watcher = Box<WatcherFn>;

/// See [`Watcher`].
pub(crate) struct WatcherFn(pub(crate) Box<dyn Fn(Passing<'_>) + Send + Sync>);

impl std::fmt::Debug for WatcherFn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("watcher")
    }
}

/// What the watcher is told.
#[derive(Debug)]
pub(crate) enum Passing<'a> {
    /// These hosts begin the operation.
    Begin(&'a Arc<Subject>, Vec<usize>),
    /// All hosts are past it.
    End(&'a Arc<Subject>),
}

impl Lockstep {
    pub(super) fn begin_current(
        &self,
        board: &mut Board,
        path: &CallPath,
        subject: &Arc<Subject>,
        hosts: &[usize],
    ) {
        if board.current.as_ref().is_none_or(|(current, _)| current != path) {
            self.end_current(board);
            board.current = Some((path.clone(), Arc::clone(subject)));
        }
        (self.watcher.0)(Passing::Begin(subject, hosts.to_vec()));
    }

    pub(super) fn end_current(&self, board: &mut Board) {
        if let Some((_, subject)) = board.current.take() {
            (self.watcher.0)(Passing::End(&subject));
        }
    }
}
