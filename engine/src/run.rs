//! One run: inventory, plan, approval, live evaluation, summary.
//!
//! Each host has a thread from its first evaluation to its last. The run leads all hosts through the
//! same stages: evaluated without asking (the script's own mistakes), planned, and, once approved, live.

mod descriptors;
mod hosts;
mod tally;
mod ways;
mod work;

pub use work::{FactRequest, Work};

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Instant;

use indexmap::IndexMap;

use crate::connectors::Reach;
use crate::error::{Error, ErrorKind};
use crate::execute::fleet::Fleet;
use crate::execute::link::Link;
use crate::execute::live::Stage;
use crate::execute::lockstep::{Lockstep, Pace, Passing, WatcherFn};
use crate::execute::{Basis, Change, Event, Interrupt, Listener, Plan, Planned, Summary};
use crate::inventory::{HostEntry, Inventory};
use crate::place::Problem;
use crate::project::Project;
use crate::script::{CallPath, HostView, InventoryView, Program, STACK, Shared};
use crate::settings::Settings;
use hosts::{Go, HostRun, Report};
use tally::Tally;
pub(crate) use ways::Reversed;

/// Handshakes under way at the same time: more only makes each slower and meets `MaxStartups`.
const HANDSHAKES: usize = 256;

/// Runs `work` on the selected hosts. Everything is told to the listener; the exit code is the summary's.
pub fn run(
    inventory: &Inventory,
    work: Work,
    settings: &Settings,
    listener: Arc<dyn Listener>,
    approve: &(dyn Fn(&Plan) -> bool + Send + Sync),
    interrupt: Interrupt,
) -> Summary {
    let started = Instant::now();
    let names: Vec<String> = inventory.selected().map(|host| host.name.clone()).collect();
    let tally = Arc::new(Tally::new(&names, listener));
    for text in crate::script::early_messages() {
        tally.event(&Event::Message { host: None, text, warning: false });
    }
    let exit = match Run::new(inventory, work, settings, &tally, interrupt) {
        Ok(run) => run.go(approve),
        Err(problems) => {
            tally.problems(problems);
            2
        }
    };
    let summary = tally.summary(started.elapsed().as_secs_f64(), exit);
    tally.event(&Event::Summary(summary.clone()));
    summary
}

/// What the stages of a run need.
struct Run<'a> {
    settings: &'a Settings,
    tally: Arc<Tally>,
    interrupt: Interrupt,
    shared: Arc<Shared>,
    view: Arc<InventoryView>,
    fleet: Arc<Fleet>,
    program: Work_,
    hosts: Vec<Arc<HostView>>,
    runtime: tokio::runtime::Runtime,
}

/// The work, ready to be done.
enum Work_ {
    Program { program: Arc<Program>, planned: bool },
    Facts(Vec<FactRequest>),
}

/// Hosts whose thread waits for word.
struct Crew<'a> {
    go: Vec<Sender<Go>>,
    reports: &'a Receiver<(usize, Report)>,
}

impl<'a> Run<'a> {
    fn new(
        inventory: &Inventory,
        work: Work,
        settings: &'a Settings,
        tally: &Arc<Tally>,
        interrupt: Interrupt,
    ) -> Result<Self, Vec<Problem>> {
        descriptors::make_room(inventory.selected().count());
        let scripts = match &work {
            Work::Deploy { scripts, .. } => scripts.as_slice(),
            _ => &[],
        };
        // All that the scripts alone can tell, in every branch, before a host is connected.
        let problems = crate::script::check_scripts(scripts, Some(inventory));
        if !problems.is_empty() {
            return Err(problems);
        }
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .map_err(|error| {
                vec![Problem::new(Error::failed(format!("cannot start threads: {error}")))]
            })?;
        let project = Arc::new(Project::new(work.folders()));
        let listener: Arc<dyn Listener> = Arc::clone(tally) as Arc<dyn Listener>;
        let shared = Arc::new(Shared::new(project, globals(settings), listener));
        shared.load_definitions()?;
        let program = work.prepare(&shared)?;
        let view = Arc::new(view(inventory));
        let hosts: Vec<Arc<HostView>> = inventory
            .selected()
            .filter_map(|host| view.hosts.get(&host.name))
            .map(Arc::clone)
            .collect();
        let fleet = fleet(inventory, settings, &runtime, tally, &interrupt)?;
        Ok(Self {
            settings,
            tally: Arc::clone(tally),
            interrupt,
            shared,
            view,
            fleet: Arc::new(fleet),
            program,
            hosts,
            runtime,
        })
    }

    fn go(self, approve: &(dyn Fn(&Plan) -> bool + Send + Sync)) -> u8 {
        self.tally.event(&Event::Start {
            hosts: self.hosts.iter().map(|host| host.name.clone()).collect(),
            dry: self.settings.dry,
        });
        let lockstep = Arc::new(self.lockstep());
        let stage = Arc::new(self.stage(&lockstep));
        self.watch(&lockstep);
        let (tell, reports) = channel();
        let exit = thread::scope(|scope| {
            let mut crew = Crew { go: Vec::new(), reports: &reports };
            for (index, host) in self.hosts.iter().enumerate() {
                let (go, wait) = channel();
                crew.go.push(go);
                let run = HostRun {
                    index,
                    host: Arc::clone(host),
                    link: Arc::clone(self.link(&host.name)),
                    stage: Arc::clone(&stage),
                    shared: Arc::clone(&self.shared),
                    wait,
                    tell: tell.clone(),
                };
                let name = host.name.clone();
                let program = &self.program;
                let spawned = thread::Builder::new()
                    .name(name.clone())
                    .stack_size(STACK)
                    .spawn_scoped(scope, move || run.main(program));
                if let Err(error) = spawned {
                    let problem = Error::failed(format!("cannot start a thread: {error}"));
                    let _ = tell.send((index, Report::lost(&name, problem)));
                }
            }
            drop(tell);
            let exit = self.lead(&crew, &lockstep, approve);
            drop(crew);
            exit
        });
        self.runtime.shutdown_background();
        exit
    }

    fn link(&self, name: &str) -> &Arc<Mutex<Link>> {
        self.fleet.links.get(name).expect("every host has a link")
    }

    /// Hosts wait for each other where there is more than one, unless the user said otherwise.
    fn pace(&self) -> Pace {
        match (self.settings.serial, self.settings.no_wait || self.hosts.len() < 2) {
            (true, _) => Pace::Serial,
            (false, true) => Pace::Apart,
            (false, false) => Pace::Together,
        }
    }

    fn lockstep(&self) -> Lockstep {
        let listener = Arc::clone(&self.tally);
        let names: Vec<String> = self.hosts.iter().map(|host| host.name.clone()).collect();
        let watcher = WatcherFn(Box::new(move |passing| {
            let event = match passing {
                Passing::Begin(subject, hosts) => Event::OperationStart {
                    subject: Arc::clone(subject),
                    hosts: hosts.iter().filter_map(|it| names.get(*it)).cloned().collect(),
                },
                Passing::End(subject) => Event::OperationEnd { subject: Arc::clone(subject) },
            };
            listener.event(&event);
        }));
        Lockstep::new(self.hosts.len(), self.pace(), watcher)
    }

    fn stage(&self, lockstep: &Arc<Lockstep>) -> Stage {
        Stage {
            inventory: Arc::clone(&self.view),
            fleet: Arc::clone(&self.fleet),
            lockstep: Arc::clone(lockstep),
            project: Arc::clone(&self.shared.project),
            listener: Arc::clone(&self.tally) as Arc<dyn Listener>,
            interrupt: self.interrupt.clone(),
            pace: self.pace(),
            at_a_time: self.settings.parallel,
            retries: self.settings.retry,
            retry_delay: self.settings.retry_delay,
            crew: self.hosts.iter().map(|host| host.name.clone()).collect(),
            stream: matches!(self.program, Work_::Program { planned: false, .. }),
            salt: self.settings.salt.clone(),
            keep_basis: self.settings.keep_basis || self.settings.saved.is_some(),
            earlier: Arc::clone(&self.settings.earlier),
        }
    }

    /// Ends the run when the user says so, or when too many hosts have failed.
    fn watch(&self, lockstep: &Arc<Lockstep>) {
        let (lockstep, interrupt) = (Arc::clone(lockstep), self.interrupt.clone());
        let stopper = Arc::clone(&lockstep);
        self.runtime.spawn(async move {
            interrupt.stopped().await;
            stopper.stop();
        });
        self.tally.stop_beyond(self.settings.fail_percent, Box::new(move || lockstep.stop()));
    }

    /// Leads the hosts through the stages. Returns the exit code of what is not counted per host.
    fn lead(
        &self,
        crew: &Crew<'_>,
        lockstep: &Lockstep,
        approve: &(dyn Fn(&Plan) -> bool + Send + Sync),
    ) -> u8 {
        let everyone: Vec<usize> = (0..self.hosts.len()).collect();
        let Work_::Program { planned, .. } = &self.program else {
            let answered = self.stage_all(crew, everyone, &Go::Facts);
            return if self.mistakes(answered) { 2 } else { 0 };
        };
        if !planned {
            return self.live(crew, lockstep, everyone);
        }
        // The script's own mistakes, before any host is touched.
        let checked = self.stage_all(crew, everyone.clone(), &Go::Check);
        if self.mistakes(checked) {
            return 2;
        }
        let mut ready = Vec::new();
        let mut records: IndexMap<CallPath, Vec<Planned>> = IndexMap::new();
        let mut plan = Plan::default();
        let mut problems = Vec::new();
        for (index, report) in self.stage_all(crew, everyone, &Go::Plan) {
            match report {
                Report::Planned { records: own, open, stops, messages, basis } => {
                    ready.push(index);
                    for (path, record) in own {
                        records.entry(path).or_default().push(record);
                    }
                    let host = self.name(index);
                    plan.open.extend(open.into_iter().map(|problem| (host.clone(), *problem)));
                    plan.stops.extend(stops);
                    plan.bases.extend(basis.map(|basis| (host.clone(), *basis)));
                    if self.settings.dry {
                        self.tally.messages(&host, messages);
                    }
                }
                Report::Problems(more) => problems.extend(more),
                Report::Unreachable(problem) => self.tally.unreachable(&self.name(index), problem),
                Report::Done => {}
            }
        }
        if !problems.is_empty() {
            self.tally.problems(problems);
            return 2;
        }
        records.sort_unstable_keys();
        records.values_mut().for_each(|of_all| once_only(of_all));
        plan.records = records.into_values().flatten().collect();
        let planned = ready.len();
        self.refuse_outdated(&mut plan, &mut ready);
        self.tally.event(&Event::Plan(plan.clone()));
        if self.interrupt.is_stopped() {
            return 130;
        }
        if ready.is_empty() {
            // Where the saved plan holds for no host, nothing is changed.
            return if planned > 0 { 2 } else { 0 };
        }
        if self.settings.dry {
            return 0;
        }
        if !approve(&plan) {
            return if self.interrupt.is_stopped() { 130 } else { 2 };
        }
        self.live(crew, lockstep, ready)
    }

    /// Takes out the hosts that are not as they were when the plan was saved; says what differs.
    fn refuse_outdated(&self, plan: &mut Plan, ready: &mut Vec<usize>) {
        let Some(saved) = &self.settings.saved else { return };
        ready.retain(|index| {
            let host = self.name(*index);
            let now = plan.bases.get(&host).cloned().unwrap_or_default();
            let Some(error) = outdated(saved.get(&host), &now) else { return true };
            plan.records.retain(|it| it.host != host);
            plan.open.retain(|(name, _)| *name != host);
            plan.stops.retain(|it| it.host != host);
            let problem = Problem { host: Some(host), ..Problem::new(error) };
            self.tally.event(&Event::Problem(problem));
            false
        });
    }

    fn live(&self, crew: &Crew<'_>, lockstep: &Lockstep, ready: Vec<usize>) -> u8 {
        for index in (0..self.hosts.len()).filter(|index| !ready.contains(index)) {
            lockstep.leave(index);
        }
        if self.settings.serial {
            for index in ready {
                let is_over = self.tally.is_over() || self.interrupt.is_stopped();
                let go = if is_over { Go::NotRun } else { Go::Live };
                self.stage_all(crew, vec![index], &go);
            }
        } else {
            self.stage_all(crew, ready, &Go::Live);
        }
        if self.interrupt.is_stopped() { 130 } else { 0 }
    }

    /// Sends hosts on to a stage and waits for them, at most `--parallel` at a time; hosts in lock-step
    /// must all be under way, the operations keep the limit there.
    fn stage_all(&self, crew: &Crew<'_>, hosts: Vec<usize>, go: &Go) -> Vec<(usize, Report)> {
        let free = matches!(go, Go::Live) && self.pace() == Pace::Together;
        let limit = match self.settings.parallel {
            // This only computes: more threads than processors would take turns.
            _ if matches!(go, Go::Check) => thread::available_parallelism().map_or(2, usize::from),
            0 => usize::MAX,
            _ if free => usize::MAX,
            limit => limit,
        };
        let mut waiting = hosts.into_iter();
        let mut running = 0;
        let mut reports = Vec::new();
        loop {
            while running < limit
                && let Some(index) = waiting.next()
            {
                if crew.go.get(index).is_some_and(|host| host.send(go.clone()).is_ok()) {
                    running += 1;
                }
            }
            if running == 0 {
                break;
            }
            match crew.reports.recv() {
                Ok(report) => reports.push(report),
                Err(_) => break,
            }
            running -= 1;
        }
        reports.sort_by_key(|(index, _)| *index);
        reports
    }

    /// Tells the mistakes that were found; true where there are some. The same mistake on many hosts is
    /// told once.
    fn mistakes(&self, reports: Vec<(usize, Report)>) -> bool {
        let problems: Vec<Problem> = reports
            .into_iter()
            .filter_map(|(_, report)| match report {
                Report::Problems(problems) => Some(problems),
                _ => None,
            })
            .flatten()
            .filter(|problem| problem.error.kind == ErrorKind::Usage)
            .collect();
        let found = !problems.is_empty();
        self.tally.problems(problems);
        found
    }

    fn name(&self, index: usize) -> String {
        self.hosts.get(index).map(|host| host.name.clone()).unwrap_or_default()
    }
}

/// Global arguments of the whole run; `--timeout` is the lowest of them.
fn globals(settings: &Settings) -> crate::value::Map {
    let mut globals = settings.globals.clone();
    if let Some(timeout) = settings.timeout {
        let seconds = crate::Value::Float(timeout.as_secs_f64());
        globals.entry("_timeout".to_owned()).or_insert(seconds);
    }
    globals
}

/// Of an operation that runs once, the first host shows what it does; the others get its result.
fn once_only(records: &mut [Planned]) {
    let is_run = |it: &&mut Planned| it.once && it.change != Change::Skip;
    for record in records.iter_mut().filter(is_run).skip(1) {
        record.change = Change::Skip;
        record.note = Some("runs on the first host only".to_owned());
        record.commands.clear();
        record.diff.clear();
    }
}

/// So many facts that have changed are named.
const NAMED: usize = 5;

/// Why a saved plan no longer holds for a host.
fn outdated(saved: Option<&Basis>, now: &Basis) -> Option<Error> {
    let again = "nothing was done on this host; make a new plan";
    let Some(saved) = saved else {
        return Some(Error::failed("the host is not in the saved plan").hint(again));
    };
    // The key ends with the sum of the account that asks.
    let name = |key: &str| key.rsplit_once(' ').map_or(key, |(label, _)| label).to_owned();
    let mut changed: Vec<String> = saved
        .facts
        .iter()
        .filter(|(key, sum)| now.facts.get(*key).is_some_and(|it| it != *sum))
        .map(|(key, _)| format!("`{}`", name(key)))
        .collect();
    changed.dedup();
    if !changed.is_empty() {
        let more = changed.len().saturating_sub(NAMED);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        changed.truncate(NAMED);
        let facts = changed.join(", ");
        let message = format!("changed since the plan was saved: {facts}{more}");
        return Some(Error::failed(message).hint(again));
    }
    let pairs = saved.operations.iter().zip(&now.operations);
    let other = pairs.into_iter().find(|(before, after)| before != after).map(|(it, _)| it);
    let longer = || {
        let at = saved.operations.len().min(now.operations.len());
        saved.operations.get(at).or_else(|| now.operations.get(at))
    };
    let (label, _) = other.or_else(longer)?;
    let message = format!("`{label}` is not what the saved plan says any more");
    Some(Error::failed(message).hint("the script or its data have changed; make a new plan"))
}

/// The inventory as scripts see it.
fn view(inventory: &Inventory) -> InventoryView {
    let hosts = inventory
        .hosts
        .values()
        .map(|host| {
            let view = HostView::new(&host.name, host.groups.clone(), host.data.clone());
            (host.name.clone(), Arc::new(view))
        })
        .collect();
    InventoryView { hosts, groups: inventory.groups.clone() }
}

fn fleet(
    inventory: &Inventory,
    settings: &Settings,
    runtime: &tokio::runtime::Runtime,
    tally: &Arc<Tally>,
    interrupt: &Interrupt,
) -> Result<Fleet, Vec<Problem>> {
    let asker = Arc::clone(tally);
    let ways = Ways {
        client: Arc::new(work::ssh_client(asker)),
        handshakes: Arc::new(tokio::sync::Semaphore::new(HANDSHAKES)),
        settings,
    };
    let mut links = std::collections::HashMap::new();
    for host in inventory.hosts.values() {
        let reach = ways.reach(host).map_err(|error| vec![Problem::new(error)])?;
        let link = Link::new(
            &host.name,
            reach,
            runtime.handle().clone(),
            Arc::clone(tally) as Arc<dyn Listener>,
            interrupt.clone(),
            settings.verbosity,
        );
        links.insert(host.name.clone(), Arc::new(Mutex::new(link)));
    }
    Ok(Fleet { links })
}

/// What all SSH hosts share.
struct Ways<'a> {
    client: Arc<crate::connectors::ssh::Client>,
    handshakes: Arc<tokio::sync::Semaphore>,
    settings: &'a Settings,
}

impl Ways<'_> {
    fn reach(&self, host: &HostEntry) -> Result<Reach, Error> {
        work::reach(host, self.settings, &self.client, &self.handshakes)
    }
}

/// The folder of a script; the working directory for one without.
pub(crate) fn folder_of(path: &Path) -> PathBuf {
    match path.parent() {
        Some(folder) if folder.as_os_str().is_empty() => PathBuf::from("."),
        Some(folder) => folder.to_owned(),
        None => PathBuf::from("."),
    }
}
