//! Where all hosts are, and what they left there for each other.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::Spread;
use crate::event::Subject;
use crate::script::{CallPath, Settled};
use crate::value::Value;

#[derive(Debug)]
pub(super) struct Board {
    pub(super) hosts: Vec<Position>,
    /// How far each host has come, where hosts do not wait for each other.
    pub(super) furthest: Vec<Option<CallPath>>,
    /// What hosts that ran an operation for all have to share.
    pub(super) shared: HashMap<CallPath, Settled>,
    /// Operations that one host runs for all, and which does.
    pub(super) running_for_all: HashMap<CallPath, usize>,
    /// What hosts had to say where they met.
    pub(super) said: HashMap<CallPath, HashMap<usize, Value>>,
    /// The operation that runs, for the watcher.
    pub(super) current: Option<(CallPath, Arc<Subject>)>,
    /// Operations and blocks that only so many hosts may be at, where hosts do not wait for each other.
    pub(super) busy: HashMap<CallPath, HashSet<usize>>,
    pub(super) blocks: HashMap<CallPath, Block>,
    pub(super) stopped: bool,
}

/// What is known of a block that hosts pass in batches.
#[derive(Debug, Default)]
pub(super) struct Block {
    /// Hosts that came to it, in the order in which they are in the inventory.
    pub(super) entered: Vec<usize>,
    /// Hosts on which it failed.
    pub(super) failed: Vec<usize>,
}

#[derive(Debug)]
pub(super) enum Position {
    /// On its way to its next operation, or running one.
    Moving,
    /// Come to an operation, to a block that hosts pass in batches, or to where hosts meet.
    Waiting { path: CallPath, at: At },
    /// Told to go on.
    Called,
    /// Its part is over.
    Done,
}

/// What a host has come to.
#[derive(Clone, Debug)]
pub(super) enum At {
    Operation(Arc<Subject>, Spread),
    Block,
    Meeting,
}

impl Board {
    pub(super) fn put(&mut self, host: usize, position: Position) {
        if let Some(slot) = self.hosts.get_mut(host) {
            *slot = position;
        }
    }

    /// The earliest place at which hosts wait, but for what one host is running for all.
    pub(super) fn earliest(&self) -> Option<(CallPath, At)> {
        let waiting = self.hosts.iter().filter_map(|it| match it {
            Position::Waiting { path, at }
                if !self.running_for_all.contains_key(path) || self.shared.contains_key(path) =>
            {
                Some((path, at))
            }
            _ => None,
        });
        let (path, at) = waiting.min_by(|a, b| a.0.cmp(b.0))?;
        Some((path.clone(), at.clone()))
    }

    pub(super) fn come_to(&mut self, host: usize, path: &CallPath) {
        if let Some(furthest) = self.furthest.get_mut(host) {
            *furthest = Some(path.clone());
        }
    }

    /// Whether all other hosts are at `path`, behind it, or out of the run. One that waits for this host to leave
    /// a block cannot come.
    pub(super) fn are_others_there(&self, host: usize, path: &CallPath) -> bool {
        let is_held_up = |other: usize, at: &CallPath| {
            self.busy.get(at).is_some_and(|busy| busy.contains(&host) && !busy.contains(&other))
        };
        let mut all = self.hosts.iter().zip(&self.furthest).enumerate();
        all.all(|(index, (position, furthest))| {
            matches!(position, Position::Done)
                || furthest.as_ref().is_some_and(|at| at >= path || is_held_up(index, at))
        })
    }

    /// Whether no host before this one in the inventory may still come to the operation.
    pub(super) fn is_first(&self, host: usize, path: &CallPath) -> bool {
        let mut before = self.hosts.iter().zip(&self.furthest).take(host);
        before.all(|(position, furthest)| {
            matches!(position, Position::Done) || furthest.as_ref().is_some_and(|it| it > path)
        })
    }

    /// Goes to where only so many may be at a time, 0 for all; false while there are too many.
    pub(super) fn begin(&mut self, host: usize, path: &CallPath, at_a_time: usize) -> bool {
        if at_a_time == 0 {
            return true;
        }
        let busy = self.busy.entry(path.clone()).or_default();
        let may = busy.len() < at_a_time;
        if may {
            busy.insert(host);
        }
        may
    }

    pub(super) fn end(&mut self, host: usize, path: &CallPath) {
        if let Some(busy) = self.busy.get_mut(path) {
            busy.remove(&host);
        }
    }
}
