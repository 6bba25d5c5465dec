//! Keeps hosts in step: an operation is finished on every host that calls it before any host starts a
//! later one. Hosts are threads; each says where it has come to and waits for its turn.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use super::Subject;
use crate::script::{CallPath, Settled};
use crate::value::Value;

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

/// Told when an operation begins on hosts, and when all of them are past it.
type Watcher = Box<WatcherFn>;

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

#[derive(Debug)]
struct Board {
    hosts: Vec<Position>,
    /// How far each host has come, where hosts do not wait for each other.
    furthest: Vec<Option<CallPath>>,
    /// What hosts that ran an operation for all have to share.
    shared: HashMap<CallPath, Settled>,
    /// Operations that one host runs for all, and which does.
    running_for_all: HashMap<CallPath, usize>,
    /// What hosts had to say where they met.
    said: HashMap<CallPath, HashMap<usize, Value>>,
    /// The operation that runs, for the watcher.
    current: Option<(CallPath, Arc<Subject>)>,
    /// Operations and blocks that only so many hosts may be at, where hosts do not wait for each other.
    busy: HashMap<CallPath, HashSet<usize>>,
    blocks: HashMap<CallPath, Block>,
    stopped: bool,
}

/// What is known of a block that hosts pass in batches.
#[derive(Debug, Default)]
struct Block {
    /// Hosts that came to it, in the order in which they are in the inventory.
    entered: Vec<usize>,
    /// Hosts on which it failed.
    failed: Vec<usize>,
}

#[derive(Debug)]
enum Position {
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
enum At {
    Operation(Arc<Subject>, Spread),
    Block,
    Meeting,
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

    fn begin_current(
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

    fn end_current(&self, board: &mut Board) {
        if let Some((_, subject)) = board.current.take() {
            (self.watcher.0)(Passing::End(&subject));
        }
    }

    fn is_together(&self) -> bool {
        self.pace == Pace::Together
    }

    fn board(&self) -> MutexGuard<'_, Board> {
        self.board.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether so many of `hosts` are more than `percent`.
#[expect(clippy::cast_precision_loss, reason = "numbers of hosts are far below 2^52")]
pub(crate) fn is_beyond(lost: usize, hosts: usize, percent: f64) -> bool {
    lost as f64 * 100.0 > percent * hosts.max(1) as f64
}

impl Board {
    fn put(&mut self, host: usize, position: Position) {
        if let Some(slot) = self.hosts.get_mut(host) {
            *slot = position;
        }
    }

    /// The earliest place at which hosts wait, but for what one host is running for all.
    fn earliest(&self) -> Option<(CallPath, At)> {
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

    fn come_to(&mut self, host: usize, path: &CallPath) {
        if let Some(furthest) = self.furthest.get_mut(host) {
            *furthest = Some(path.clone());
        }
    }

    /// Whether all other hosts are at `path`, behind it, or out of the run. One that waits for this host to leave
    /// a block cannot come.
    fn are_others_there(&self, host: usize, path: &CallPath) -> bool {
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
    fn is_first(&self, host: usize, path: &CallPath) -> bool {
        let mut before = self.hosts.iter().zip(&self.furthest).take(host);
        before.all(|(position, furthest)| {
            matches!(position, Position::Done) || furthest.as_ref().is_some_and(|it| it > path)
        })
    }

    /// Goes to where only so many may be at a time, 0 for all; false while there are too many.
    fn begin(&mut self, host: usize, path: &CallPath, at_a_time: usize) -> bool {
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

    fn end(&mut self, host: usize, path: &CallPath) {
        if let Some(busy) = self.busy.get_mut(path) {
            busy.remove(&host);
        }
    }
}
