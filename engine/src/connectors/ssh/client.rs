//! What all SSH connections of a run have in common.

use std::collections::HashMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::{Duration, Instant};

use tokio::sync::{Mutex as AsyncMutex, Semaphore};

use super::agent::Agents;
use super::ask::{Ask, Question};
use super::config::Surroundings;
use super::config::parse::{File, read};
use super::config::resolve::{Given, resolve};
use super::config::settings::Settings;
use super::establish::establish;
use super::jump::Hop;
use super::keys::KeyRing;
use super::known_hosts::KnownHosts;
use super::route::Route;
use super::session::Link;
use super::{SshConnection, Target, expand_home};
use crate::connectors::process::{BoxFuture, ConnectError};

/// How many logins may be under way at the same time; more only wait for one another on the wire.
const LOGINS_AT_ONCE: usize = 256;
/// How many jump hosts may lead to one another before it must be a circle.
const MOST_JUMPS: usize = 16;
/// The configuration of the whole machine.
const SYSTEM_CONFIG: &str = "/etc/ssh/ssh_config";

/// Connects to hosts by SSH. Shared by all hosts of a run: configurations and known hosts are read
/// once, keys decrypted once, passphrases asked once, jump hosts connected once. Cheap to clone.
#[derive(Clone)]
pub struct Client {
    shared: Arc<Shared>,
}

impl Default for Client {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").finish_non_exhaustive()
    }
}

impl Client {
    /// A client that asks nobody: what would need an answer fails.
    pub fn new() -> Self {
        Self::with(None)
    }

    /// A client that puts its questions to the user, one at a time.
    pub fn asking(ask: Arc<Ask>) -> Self {
        Self::with(Some(ask))
    }

    fn with(ask: Option<Arc<Ask>>) -> Self {
        Self {
            shared: Arc::new(Shared {
                surroundings: Surroundings::of_this_process(),
                configs: Mutex::default(),
                known_hosts: KnownHosts::default(),
                keys: KeyRing::default(),
                agents: Agents::default(),
                ask,
                clock: Mutex::default(),
                turn: AsyncMutex::default(),
                jumps: Mutex::default(),
                logins: Semaphore::new(LOGINS_AT_ONCE),
            }),
        }
    }

    /// Connects to a host and logs in.
    ///
    /// Fails when a configuration cannot be read, the host cannot be reached in time, its key is not
    /// the known one, or no login succeeds; the error names the host and lists what was tried.
    pub async fn connect(&self, target: &Target) -> Result<SshConnection, ConnectError> {
        let link = self.shared.link(target.clone(), MOST_JUMPS).await?;
        Ok(SshConnection { link: Arc::new(link) })
    }
}

/// What the parts of the connector share.
pub(super) struct Shared {
    surroundings: Surroundings,
    configs: Mutex<HashMap<PathBuf, Arc<File>>>,
    pub(super) known_hosts: KnownHosts,
    pub(super) keys: KeyRing,
    pub(super) agents: Agents,
    ask: Option<Arc<Ask>>,
    clock: Mutex<AskingClock>,
    turn: AsyncMutex<()>,
    jumps: Mutex<HashMap<String, Arc<AsyncMutex<Jump>>>>,
    logins: Semaphore,
}

/// How much time the user was thinking.
#[derive(Debug, Default)]
struct AskingClock {
    past: Duration,
    since: Option<Instant>,
}

impl AskingClock {
    fn stop(&mut self) {
        self.past = self.total();
        self.since = None;
    }

    fn total(&self) -> Duration {
        self.past + self.since.map(|since| since.elapsed()).unwrap_or_default()
    }
}

/// A jump host, shared by all hosts behind it for as long as one of them is connected.
#[derive(Default)]
struct Jump {
    link: Weak<Link>,
    /// Why it could not be reached, and when that was known: those who were already waiting then
    /// need not find out again.
    failure: Option<(Instant, ConnectError)>,
}

impl Shared {
    /// Whether there is anybody to ask.
    pub(super) fn can_ask(&self) -> bool {
        self.ask.is_some()
    }

    /// Asks the user, after those who came earlier.
    pub(super) async fn ask(&self, question: Question) -> Option<String> {
        let ask = Arc::clone(self.ask.as_ref()?);
        let _turn = self.turn.lock().await;
        self.clock().since = Some(Instant::now());
        let answer = tokio::task::spawn_blocking(move || ask(&question)).await;
        self.clock().stop();
        answer.ok().flatten()
    }

    /// How long the user has been thinking in this run, the open question included.
    pub(super) fn time_spent_asking(&self) -> Duration {
        self.clock().total()
    }

    fn clock(&self) -> std::sync::MutexGuard<'_, AskingClock> {
        self.clock.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn link(
        self: &Arc<Self>,
        target: Target,
        jumps_left: usize,
    ) -> BoxFuture<'_, Result<Link, ConnectError>> {
        Box::pin(async move {
            let settings = self.settings(&target).await?;
            let route = Route::new(&target, &settings, &self.surroundings)?;
            let via = match Hop::target(&route.hops, &target) {
                Some(hop) => self.jump(hop, &route, jumps_left).await?,
                None => None,
            };
            // Nobody holds this while waiting for a jump host, which needs one of its own.
            let _login = self.logins.acquire().await;
            establish(self, &route, via).await
        })
    }

    /// The jump host of `route`, or nothing where that is the host itself: `Host *` with a
    /// `ProxyJump` matches the jump host too.
    async fn jump(
        self: &Arc<Self>,
        hop: Target,
        route: &Route,
        jumps_left: usize,
    ) -> Result<Option<Arc<Link>>, ConnectError> {
        let settings = self.settings(&hop).await?;
        let there = Route::new(&hop, &settings, &self.surroundings)?;
        if (&there.host, there.port, &there.user) == (&route.host, route.port, &route.user) {
            return Ok(None);
        }
        let Some(jumps_left) = jumps_left.checked_sub(1) else {
            return Err(ConnectError::new(format!(
                "{}: its jump hosts lead in a circle",
                route.label
            ))
            .hint("look at ProxyJump in ssh_config"));
        };
        let asked_at = Instant::now();
        let slot = self.jump_slot(&hop);
        let mut slot = slot.lock().await;
        if let Some(link) = slot.link.upgrade().filter(|link| link.is_alive()) {
            return Ok(Some(link));
        }
        if let Some((when, error)) = &slot.failure
            && *when >= asked_at
        {
            return Err(behind(route, error));
        }
        match self.link(hop, jumps_left).await {
            Ok(link) => {
                let link = Arc::new(link);
                slot.link = Arc::downgrade(&link);
                Ok(Some(link))
            }
            Err(error) => {
                let shown = behind(route, &error);
                slot.failure = Some((Instant::now(), error));
                Err(shown)
            }
        }
    }

    fn jump_slot(&self, hop: &Target) -> Arc<AsyncMutex<Jump>> {
        let key = format!("{hop:?} {:?}", hop.strict_host_key_checking);
        let mut jumps = self.jumps.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(jumps.entry(key).or_default())
    }

    /// What the configuration says about a host.
    async fn settings(self: &Arc<Self>, target: &Target) -> Result<Settings, ConnectError> {
        let (shared, target) = (Arc::clone(self), target.clone());
        // `Match exec` runs a command and waits for it.
        let work = tokio::task::spawn_blocking(move || shared.resolve(&target));
        work.await.map_err(|error| ConnectError::new(format!("ssh config: {error}")))?
    }

    fn resolve(&self, target: &Target) -> Result<Settings, ConnectError> {
        let files = self.config_files(target)?;
        let files: Vec<&File> = files.iter().map(Arc::as_ref).collect();
        let given = Given {
            hostname: target.hostname.as_deref(),
            user: target.user.as_deref(),
            port: target.port,
        };
        resolve(&files, &target.name, given, &self.surroundings)
    }

    /// A file that was named stands alone, as with `ssh -F`.
    fn config_files(&self, target: &Target) -> Result<Vec<Arc<File>>, ConnectError> {
        let home = &self.surroundings.home;
        let own_folder = home.join(".ssh");
        if let Some(path) = &target.config_file {
            if path.as_os_str() == "none" {
                return Ok(Vec::new());
            }
            let path = expand_home(&path.to_string_lossy(), home);
            return Ok(vec![self.config_file(&path, &own_folder)?]);
        }
        let own = own_folder.join("config");
        let system = Path::new(SYSTEM_CONFIG);
        let mut files = Vec::new();
        for (path, folder) in
            [(own.as_path(), own_folder.as_path()), (system, Path::new("/etc/ssh"))]
        {
            if path.exists() {
                files.push(self.config_file(path, folder)?);
            }
        }
        Ok(files)
    }

    fn config_file(&self, path: &Path, folder: &Path) -> Result<Arc<File>, ConnectError> {
        let mut configs = self.configs.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(file) = configs.get(path) {
            return Ok(Arc::clone(file));
        }
        let file = Arc::new(read(path, folder, &self.surroundings.home)?);
        configs.insert(path.to_owned(), Arc::clone(&file));
        Ok(file)
    }
}

fn behind(route: &Route, error: &ConnectError) -> ConnectError {
    ConnectError {
        message: format!("{}: its jump host failed: {}", route.label, error.message),
        ..error.clone()
    }
}
