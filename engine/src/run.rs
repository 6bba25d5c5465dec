//! One run: inventory, plan, approval, live evaluation, summary.
//!
//! Each host has a thread from its first evaluation to its last. The run leads all hosts through the
//! same stages: evaluated without asking (the script's own mistakes), planned, and, once approved, live.

mod connections;
mod descriptors;
pub mod exit;
mod fleet;
mod hosts;
mod outdated;
mod reach;
mod request;
mod stages;
mod tally;

pub use connections::Connections;
pub use request::{FactRequest, Request};

use std::sync::Arc;
use std::sync::mpsc::channel;
use std::thread;
use std::time::Instant;

use crate::error::Error;
use crate::event::{Event, Listener, Plan, Summary};
use crate::execute::live::Conduct;
use crate::execute::lockstep::{Lockstep, Pace, Passing, WatcherFn};
use crate::fleet::Fleet;
use crate::interrupt::Interrupt;
use crate::inventory::{HostView, Inventory};
use crate::place::Problem;
use crate::project::Project;
use crate::script::{Program, STACK, Shared};
use crate::settings::Settings;
use fleet::{links, view};
use hosts::{HostRun, Report};
use stages::Crew;
use tally::Tally;

/// Does what is requested on the selected hosts. Everything is told to the listener; the exit code is the summary's.
pub fn run(
    inventory: &Inventory,
    request: Request,
    settings: &Settings,
    connections: &Connections,
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
    let exit = match Run::new(inventory, request, settings, connections, &tally, interrupt) {
        Ok(run) => run.go(approve),
        Err(problems) => {
            tally.problems(problems);
            exit::MISTAKE
        }
    };
    let summary = tally.summary(started.elapsed().as_secs_f64(), exit);
    tally.event(&Event::Summary(summary.clone()));
    summary
}

/// What the stages of a run need.
struct Run<'a> {
    settings: &'a Settings,
    connections: &'a Connections,
    tally: Arc<Tally>,
    shared: Arc<Shared>,
    fleet: Arc<Fleet>,
    program: Prepared,
    hosts: Vec<Arc<HostView>>,
}

/// What was requested, ready to be done.
enum Prepared {
    Program { program: Arc<Program>, planned: bool },
    Facts(Vec<FactRequest>),
}

impl<'a> Run<'a> {
    fn new(
        inventory: &Inventory,
        request: Request,
        settings: &'a Settings,
        connections: &'a Connections,
        tally: &Arc<Tally>,
        interrupt: Interrupt,
    ) -> Result<Self, Vec<Problem>> {
        descriptors::make_room(inventory.selected().count());
        let scripts = match &request {
            Request::Deploy { scripts, .. } => scripts.as_slice(),
            _ => &[],
        };
        // All that the scripts alone can tell, in every branch, before a host is connected.
        let problems = crate::script::check_scripts(scripts, Some(inventory));
        if !problems.is_empty() {
            return Err(problems);
        }
        connections.ask(tally);
        let project = Arc::new(Project::at(request.folders(), settings.started));
        let listener: Arc<dyn Listener> = Arc::clone(tally) as Arc<dyn Listener>;
        let shared = Arc::new(Shared::new(project, globals(settings), listener));
        shared.load_definitions()?;
        let program = request.prepare(&shared)?;
        let view = Arc::new(view(inventory));
        let hosts: Vec<Arc<HostView>> = inventory
            .selected()
            .filter_map(|host| view.hosts.get(&host.name))
            .map(Arc::clone)
            .collect();
        let fleet = Fleet {
            links: links(inventory, settings, connections, tally, &interrupt)?,
            inventory: view,
            selected: hosts.iter().map(|host| host.name.clone()).collect(),
            project: Arc::clone(&shared.project),
            listener: Arc::clone(tally) as Arc<dyn Listener>,
            interrupt,
            salt: settings.salt.clone(),
            keep_basis: settings.keep_basis || settings.saved.is_some(),
            earlier: Arc::clone(&settings.earlier),
        };
        Ok(Self {
            settings,
            connections,
            tally: Arc::clone(tally),
            shared,
            fleet: Arc::new(fleet),
            program,
            hosts,
        })
    }

    fn go(self, approve: &(dyn Fn(&Plan) -> bool + Send + Sync)) -> u8 {
        self.tally
            .event(&Event::Start { hosts: self.fleet.selected.clone(), dry: self.settings.dry });
        let lockstep = Arc::new(self.lockstep());
        let conduct = Arc::new(self.conduct(&lockstep));
        let watcher = self.watch(&lockstep);
        let (tell, reports) = channel();
        let exit = thread::scope(|scope| {
            let mut crew = Crew { go: Vec::new(), reports: &reports };
            for (index, host) in self.hosts.iter().enumerate() {
                let (go, wait) = channel();
                crew.go.push(go);
                let run = HostRun {
                    index,
                    host: Arc::clone(host),
                    link: Arc::clone(self.fleet.link(&host.name)),
                    fleet: Arc::clone(&self.fleet),
                    conduct: Arc::clone(&conduct),
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
        watcher.abort();
        exit
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
        let names = self.fleet.selected.clone();
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

    fn conduct(&self, lockstep: &Arc<Lockstep>) -> Conduct {
        Conduct {
            lockstep: Arc::clone(lockstep),
            pace: self.pace(),
            at_a_time: self.settings.parallel,
            retries: self.settings.retry,
            retry_delay: self.settings.retry_delay,
            stream: matches!(self.program, Prepared::Program { planned: false, .. }),
        }
    }

    /// Ends the run when the user says so, or when too many hosts have failed.
    fn watch(&self, lockstep: &Arc<Lockstep>) -> tokio::task::JoinHandle<()> {
        let (lockstep, interrupt) = (Arc::clone(lockstep), self.fleet.interrupt.clone());
        let stopper = Arc::clone(&lockstep);
        self.tally.stop_beyond(self.settings.fail_percent, Box::new(move || lockstep.stop()));
        self.connections.runtime().spawn(async move {
            interrupt.stopped().await;
            stopper.stop();
        })
    }

    fn name(&self, index: usize) -> String {
        self.fleet.selected.get(index).cloned().unwrap_or_default()
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
