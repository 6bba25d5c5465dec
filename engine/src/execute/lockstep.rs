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
    /// All that come here wait for the others, whatever the run says, and nobody is told.
    pub(crate) meet: bool,
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
    /// Hosts wait for each other.
    together: bool,
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
    /// What hosts that ran an operation for all have to share.
    shared: HashMap<CallPath, Settled>,
    /// Operations that one host runs for all.
    running_for_all: HashSet<CallPath>,
    /// What hosts had to say where they met.
    said: HashMap<CallPath, HashMap<usize, Value>>,
    /// Rolling blocks that failed on a host.
    failed_batches: HashSet<CallPath>,
    /// The operation that runs, for the watcher.
    current: Option<(CallPath, Arc<Subject>)>,
    stopped: bool,
}

#[derive(Debug)]
enum Position {
    /// On its way to its next operation, or running one.
    Moving,
    /// Come to an operation.
    Waiting { path: CallPath, subject: Arc<Subject>, spread: Spread },
    /// Told to go on.
    Called,
    /// Its part is over.
    Done,
}

impl Lockstep {
    /// For so many hosts, which wait for each other if `together`.
    pub(crate) fn new(hosts: usize, together: bool, watcher: WatcherFn) -> Self {
        let board = Board {
            hosts: (0..hosts).map(|_| Position::Moving).collect(),
            shared: HashMap::new(),
            running_for_all: HashSet::new(),
            said: HashMap::new(),
            failed_batches: HashSet::new(),
            current: None,
            stopped: false,
        };
        Self {
            board: Mutex::new(board),
            bells: (0..hosts).map(|_| Condvar::new()).collect(),
            together,
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
        let mut board = self.board();
        // Who does not wait for others still waits for the one that runs an operation for all.
        if !self.together && !spread.once && !spread.meet && spread.at_a_time == 0 {
            return if board.stopped { Turn::Stop } else { Turn::Run };
        }
        let waiting =
            Position::Waiting { path: path.clone(), subject: Arc::clone(subject), spread };
        board.put(host, waiting);
        self.release(&mut board);
        loop {
            if board.stopped {
                return Turn::Stop;
            }
            if matches!(board.hosts.get(host), Some(Position::Called)) {
                board.put(host, Position::Moving);
                return match board.shared.get(path) {
                    Some(settled) => Turn::Take(Box::new(settled.clone())),
                    None => Turn::Run,
                };
            }
            let Some(bell) = self.bells.get(host) else { return Turn::Stop };
            board = bell.wait(board).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Shares the result of an operation that ran on one host for all.
    pub(crate) fn share(&self, path: &CallPath, settled: Settled) {
        let mut board = self.board();
        board.shared.insert(path.clone(), settled);
        self.release(&mut board);
    }

    /// What a host has to say where hosts meet.
    pub(crate) fn say(&self, host: usize, path: &CallPath, value: Value) {
        self.board().said.entry(path.clone()).or_default().insert(host, value);
    }

    /// What a host had to say.
    pub(crate) fn said(&self, host: usize, path: &CallPath) -> Option<Value> {
        self.board().said.get(path)?.get(&host).cloned()
    }

    /// A rolling block failed on a host.
    pub(crate) fn fail_batch(&self, block: &CallPath) {
        self.board().failed_batches.insert(block.clone());
    }

    /// Whether a rolling block failed on some host.
    pub(crate) fn has_failed(&self, block: &CallPath) -> bool {
        self.board().failed_batches.contains(block)
    }

    /// The host's part is over.
    pub(crate) fn leave(&self, host: usize) {
        let mut board = self.board();
        board.put(host, Position::Done);
        self.release(&mut board);
    }

    /// Ends the run for all hosts that wait.
    pub(crate) fn stop(&self) {
        self.board().stopped = true;
        for bell in &self.bells {
            bell.notify_all();
        }
    }

    /// Calls the hosts that wait at the earliest operation, once nobody is before it.
    fn release(&self, board: &mut Board) {
        if board.hosts.iter().any(|it| matches!(it, Position::Moving | Position::Called))
            && self.together
        {
            return;
        }
        let under_way =
            board.hosts.iter().any(|it| matches!(it, Position::Moving | Position::Called));
        let earliest = board.hosts.iter().filter_map(|it| match it {
            Position::Waiting { spread, .. } if spread.meet && under_way => None,
            Position::Waiting { path, subject, spread }
                if !board.running_for_all.contains(path) || board.shared.contains_key(path) =>
            {
                Some((path, subject, spread))
            }
            _ => None,
        });
        let Some((path, subject, spread)) = earliest.min_by(|a, b| a.0.cmp(b.0)) else {
            self.end_current(board);
            return;
        };
        let (path, subject, spread) = (path.clone(), Arc::clone(subject), spread.clone());
        let there: Vec<usize> = board
            .hosts
            .iter()
            .enumerate()
            .filter(|(_, it)| matches!(it, Position::Waiting { path: at, .. } if *at == path))
            .map(|(index, _)| index)
            .collect();
        let shared = board.shared.contains_key(&path);
        let count = match (spread.once && !shared, spread.at_a_time) {
            (true, _) => 1,
            (false, 0) => there.len(),
            (false, limit) => limit,
        };
        if spread.once && !shared {
            board.running_for_all.insert(path.clone());
        }
        let called: Vec<usize> = there.into_iter().take(count).collect();
        if board.current.as_ref().is_none_or(|(current, _)| *current != path) {
            self.end_current(board);
            board.current = (!spread.meet).then(|| (path, Arc::clone(&subject)));
        }
        if self.together && !spread.meet {
            (self.watcher.0)(Passing::Begin(&subject, called.clone()));
        }
        for host in called {
            board.put(host, Position::Called);
            if let Some(bell) = self.bells.get(host) {
                bell.notify_all();
            }
        }
    }

    fn end_current(&self, board: &mut Board) {
        if let Some((_, subject)) = board.current.take()
            && self.together
        {
            (self.watcher.0)(Passing::End(&subject));
        }
    }

    fn board(&self) -> MutexGuard<'_, Board> {
        self.board.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Board {
    fn put(&mut self, host: usize, position: Position) {
        if let Some(slot) = self.hosts.get_mut(host) {
            *slot = position;
        }
    }
}
