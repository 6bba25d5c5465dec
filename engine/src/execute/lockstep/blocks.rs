//! Blocks that hosts pass in batches, and end the run where too many fail.

use std::sync::PoisonError;

use super::Lockstep;
use super::board::At;
use crate::script::CallPath;

impl Lockstep {
    /// The host has come to a block that `at_a_time` hosts pass at a time, 0 for all. Waits until it may go in;
    /// gives the number of its batch, or nothing when the run is over.
    pub(crate) fn enter(&self, host: usize, path: &CallPath, at_a_time: usize) -> Option<usize> {
        if !self.is_together() {
            let mut board = self.board();
            board.come_to(host, path);
            board.blocks.entry(path.clone()).or_default().entered.push(host);
            self.ring();
            while !board.stopped && !board.begin(host, path, at_a_time) {
                board = self.bells.get(host)?.wait(board).unwrap_or_else(PoisonError::into_inner);
            }
            return (!board.stopped).then_some(0);
        }
        let board = self.wait(host, path, At::Block)?;
        let rank = board.blocks.get(path)?.entered.iter().position(|it| *it == host)?;
        Some(rank.checked_div(at_a_time).unwrap_or(0))
    }

    /// A host has left a block. Where that makes too many on which it failed, the run ends for all: how
    /// many failed, of how many.
    pub(crate) fn exit(
        &self,
        host: usize,
        path: &CallPath,
        failed: bool,
        fail_percent: Option<f64>,
    ) -> Option<(usize, usize)> {
        let mut board = self.board();
        board.end(host, path);
        let all = board.hosts.len();
        let is_over = board.stopped;
        let block = board.blocks.entry(path.clone()).or_default();
        if failed {
            block.failed.push(host);
        }
        let hosts = if self.is_together() { block.entered.len() } else { all };
        let lost = block.failed.len();
        let is_too_much =
            failed && !is_over && fail_percent.is_some_and(|limit| is_beyond(lost, hosts, limit));
        if is_too_much {
            board.stopped = true;
        }
        self.ring();
        is_too_much.then_some((lost, hosts))
    }

    /// Whether a block failed on one of the first hosts that came to it, so many; on any so far, where hosts do
    /// not wait for each other.
    pub(crate) fn has_failed(&self, path: &CallPath, first: usize) -> bool {
        let board = self.board();
        let Some(block) = board.blocks.get(path) else { return false };
        let mut before =
            block.entered.iter().take(if self.is_together() { first } else { usize::MAX });
        before.any(|it| block.failed.contains(it))
    }
}

/// Whether so many of `hosts` are more than `percent`.
#[expect(clippy::cast_precision_loss, reason = "numbers of hosts are far below 2^52")]
pub(crate) fn is_beyond(lost: usize, hosts: usize, percent: f64) -> bool {
    lost as f64 * 100.0 > percent * hosts.max(1) as f64
}
