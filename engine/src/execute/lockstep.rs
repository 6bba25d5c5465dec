//! Keeps hosts in step: an operation is finished on every host that calls it before any host starts a
//! later one. Hosts are threads; each says where it has come to and waits for its turn.

mod blocks;
mod board;
mod watching;

pub(crate) use blocks::is_beyond;
pub(crate) use watching::{Passing, WatcherFn};

use std::collections::HashMap;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use crate::event::Subject;
use crate::script::{CallPath, Settled};
use crate::value::Value;
use board::{At, Board, Position};
use watching::Watcher;

/// How an operation spreads over the hosts that call it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Spread {
    /// Only the first host runs it.
    pub(crate) once: bool,
    /// So many at a time; 0 means all.
    pub(crate) at_a_time: usize,
}

/// How hosts go through a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pace {
    /// They wait for each other at every operation.
    Together,
    /// Each as fast as it can.
    Apart,
    /// One after the other, each to its end: nobody is there to be waited for.
    Serial,
}

/// What a host that waited may do.
#[derive(Debug)]
pub(crate) enum Turn {
    /// Run the operation.
    Run,
    /// Take the result of the host that ran it for all.
    Take(Box<Settled>),
    /// The run is over.
    Stop,
}

/// Where all hosts are.
#[derive(Debug)]
pub(crate) struct Lockstep {
    board: Mutex<Board>,
    /// One per host, so that only those wake up whose turn it is.
    bells: Vec<Condvar>,
    pace: Pace,
    watcher: Watcher,
}

impl Lockstep {
    /// For so many hosts.
    pub(crate) fn new(hosts: usize, pace: Pace, watcher: WatcherFn) -> Self {
        let board = Board {
            hosts: (0..hosts).map(|_| Position::Moving).collect(),
            furthest: (0..hosts).map(|_| None).collect(),
            shared: HashMap::new(),
            running_for_all: HashMap::new(),
            said: HashMap::new(),
            current: None,
            busy: HashMap::new(),
            blocks: HashMap::new(),
            stopped: false,
        };
        Self {
            board: Mutex::new(board),
            bells: (0..hosts).map(|_| Condvar::new()).collect(),
            pace,
            watcher: Box::new(watcher),
        }
    }

    /// The host has come to an operation; waits for its turn.
    pub(crate) fn arrive(
        &self,
        host: usize,
        path: &CallPath,
        subject: &Arc<Subject>,
        spread: Spread,
    ) -> Turn {
        if !self.is_together() {
            return self.arrive_alone(host, path, &spread);
        }
        let at = At::Operation(Arc::clone(subject), spread);
        let Some(board) = self.wait(host, path, at) else { return Turn::Stop };
        match board.shared.get(path) {
            Some(settled) => Turn::Take(Box::new(settled.clone())),
            None => Turn::Run,
        }
    }

    /// Where hosts do not wait for each other, one still waits for the host that runs an operation for all,
    /// and where only so many may be at an operation.
    fn arrive_alone(&self, host: usize, path: &CallPath, spread: &Spread) -> Turn {
        let mut board = self.board();
        board.come_to(host, path);
        self.ring();
        loop {
            if board.stopped {
                return Turn::Stop;
            }
            if spread.once {
                if let Some(settled) = board.shared.get(path) {
                    return Turn::Take(Box::new(settled.clone()));
                }
                if !board.running_for_all.contains_key(path) && board.is_first(host, path) {
                    board.running_for_all.insert(path.clone(), host);
                    return Turn::Run;
                }
            } else if board.begin(host, path, spread.at_a_time) {
                return Turn::Run;
            }
            let Some(bell) = self.bells.get(host) else { return Turn::Stop };
            board = bell.wait(board).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Waits until the other hosts are here, or behind it, or out of the run; false when the run is over.
    pub(crate) fn meet(&self, host: usize, path: &CallPath) -> bool {
        match self.pace {
            Pace::Together => return self.wait(host, path, At::Meeting).is_some(),
            Pace::Apart => {}
            Pace::Serial => return true,
        }
        let mut board = self.board();
        board.come_to(host, path);
        self.ring();
        while !board.stopped && !board.are_others_there(host, path) {
            let Some(bell) = self.bells.get(host) else { return false };
            board = bell.wait(board).unwrap_or_else(PoisonError::into_inner);
        }
        !board.stopped
    }

    /// A host is done with an operation, whatever came of it.
    pub(crate) fn finished(&self, host: usize, path: &CallPath) {
        if !self.is_together() {
            self.board().end(host, path);
            self.ring();
        }
    }

    /// Waits until the host is called; nothing when the run is over.
    fn wait(&self, host: usize, path: &CallPath, at: At) -> Option<MutexGuard<'_, Board>> {
        let mut board = self.board();
        board.put(host, Position::Waiting { path: path.clone(), at });
        self.release(&mut board);
        loop {
            // Who was called before the run ended belongs to what is going on.
            if matches!(board.hosts.get(host), Some(Position::Called)) {
                board.put(host, Position::Moving);
                return Some(board);
            }
            if board.stopped {
                return None;
            }
            board = self.bells.get(host)?.wait(board).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Shares the result of an operation that ran on one host for all.
    pub(crate) fn share(&self, path: &CallPath, settled: Settled) {
        let mut board = self.board();
        board.shared.insert(path.clone(), settled);
        self.go_on(&mut board);
    }

    /// What a host has to say where hosts meet.
    pub(crate) fn say(&self, host: usize, path: &CallPath, value: Value) {
        self.board().said.entry(path.clone()).or_default().insert(host, value);
    }

    /// What a host had to say.
    pub(crate) fn said(&self, host: usize, path: &CallPath) -> Option<Value> {
        self.board().said.get(path)?.get(&host).cloned()
    }

    /// The host's part is over.
    pub(crate) fn leave(&self, host: usize) {
        let mut board = self.board();
        board.put(host, Position::Done);
        // What it was running for all, and did not come to the end of, is another host's now.
        let Board { running_for_all, shared, .. } = &mut *board;
        running_for_all.retain(|path, by| *by != host || shared.contains_key(path));
        board.busy.values_mut().for_each(|hosts| _ = hosts.remove(&host));
        self.go_on(&mut board);
    }

    /// Ends the run for all hosts that wait.
    pub(crate) fn stop(&self) {
        self.board().stopped = true;
        self.ring();
    }

    fn go_on(&self, board: &mut Board) {
        if self.is_together() {
            self.release(board);
        } else {
            self.ring();
        }
    }

    fn ring(&self) {
        for bell in &self.bells {
            bell.notify_all();
        }
    }

    /// Calls the hosts that wait at the earliest operation, once nobody is before it.
    fn release(&self, board: &mut Board) {
        let is_moving = |it: &Position| matches!(it, Position::Moving | Position::Called);
        if board.stopped || board.hosts.iter().any(is_moving) {
            return;
        }
        let Some((path, at)) = board.earliest() else {
            self.end_current(board);
            return;
        };
        let waits_there =
            |it: &Position| matches!(it, Position::Waiting { path: there, .. } if *there == path);
        let there: Vec<usize> = (0..board.hosts.len())
            .filter(|it| board.hosts.get(*it).is_some_and(waits_there))
            .collect();
        let called = match &at {
            At::Operation(subject, spread) => {
                let is_shared = board.shared.contains_key(&path);
                let count = match (spread.once && !is_shared, spread.at_a_time) {
                    (true, _) => 1,
                    (false, 0) => there.len(),
                    (false, limit) => limit,
                };
                let called: Vec<usize> = there.into_iter().take(count).collect();
                if spread.once
                    && !is_shared
                    && let Some(first) = called.first()
                {
                    board.running_for_all.insert(path.clone(), *first);
                }
                self.begin_current(board, &path, subject, &called);
                called
            }
            At::Block => {
                board.blocks.entry(path).or_default().entered.extend(&there);
                there
            }
            At::Meeting => {
                self.end_current(board);
                there
            }
        };
        for host in called {
            board.put(host, Position::Called);
            if let Some(bell) = self.bells.get(host) {
                bell.notify_all();
            }
        }
    }

    fn is_together(&self) -> bool {
        self.pace == Pace::Together
    }

    fn board(&self) -> MutexGuard<'_, Board> {
        self.board.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
